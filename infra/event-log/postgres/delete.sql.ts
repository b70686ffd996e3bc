/** Marks a stream as deleted; its events stay. Same lock, codes as the append. */
export const deleteFunction = (schema: string) => `
create function ${schema}.delete_stream(name text, expected integer, out refusal integer, out revision integer)
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('headwater.log.${schema}', 0));
  select max(e.revision) into revision from ${schema}.events e where e.stream = name;
  if exists (select from ${schema}.deleted_streams d where d.stream = name) then
    return;
  elsif expected = -2 or expected = coalesce(revision, -1) or (expected = -3 and revision is not null) then
    insert into ${schema}.deleted_streams values (name);
  else
    refusal := 2;
  end if;
end $$`
