/**
 * The append of a whole group in one call: each append of it is decided on its own, as if they came one after the other,
 * and whatever is accepted is written with one INSERT. The advisory lock is held until the commit, so positions follow
 * commit order and a rollback gives them back; every statement after it sees what the previous holder committed
 * (this relies on READ COMMITTED).
 *
 * Texts hold one item a line, which is much faster than `text[]`; neither names nor JSON contain a raw line feed.
 * Expected: a revision, or -1 none, -2 any, -3 exists. Refusals: null for appended, 1 repeated, 2 wrong revision, 3 deleted.
 */
export const appendFunction = (schema: string) => `
create function ${schema}.append(
  stream_names    text,       -- the group's streams, each once
  append_stream   integer[],  -- per append: its line in stream_names
  append_expected integer[],
  append_first    integer[],  -- per append: its first event, and how many
  append_count    integer[],
  event_append    integer[],  -- per event: its append, and how many events of the append follow it
  event_rest      integer[],
  event_ids       uuid[],
  event_types     text,
  event_bodies    text,
  out refusals integer[], out revisions integer[], out positions bigint[]
) language plpgsql as $$
declare
  names    text[] := string_to_array(stream_names, E'\\n');
  ends     integer[];  -- per stream: revision of its last event, -1 for none, null for deleted
  already  integer[];  -- per append that does not name its place: where its first event is already
  head     bigint;
  recorded bigint;
  stream   integer;
  last     integer;
  expected integer;
  place    integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('headwater.log.${schema}', 0));

  select e.position, e.recorded_at into head, recorded from ${schema}.events e order by e.position desc limit 1;
  head := coalesce(head, 0);
  recorded := greatest(recorded, floor(extract(epoch from clock_timestamp()) * 1000)::bigint);

  ends := array(
    select coalesce((
      select e.revision from ${schema}.events e where e.stream = name order by e.revision desc limit 1
    ), -1)
    from unnest(names) name
  );
  if exists (select from ${schema}.deleted_streams d where d.stream = any(names)) then
    ends := array(
      select case when name not in (select d.stream from ${schema}.deleted_streams d) then ends[no] end
      from unnest(names) with ordinality s(name, no) order by no
    );
  end if;

  if -2 = any(append_expected) or -3 = any(append_expected) then
    already := array(
      select (
        -- "offset 0" keeps the planner from walking through a long stream instead of asking the index on ids.
        select e.revision from (select * from ${schema}.events where id = event_ids[a.first] offset 0) e
        where a.expected < -1 and e.stream = names[a.stream]
        limit 1
      )
      from unnest(append_stream, append_expected, append_first) with ordinality a(stream, expected, first, no)
      order by no
    );
  end if;

  refusals := array_fill(null::integer, array[array_length(append_stream, 1)]);
  revisions := refusals;
  positions := refusals::bigint[];
  for i in 1 .. array_length(append_stream, 1) loop
    stream := append_stream[i];
    last := ends[stream];
    expected := append_expected[i];
    if last is null then
      refusals[i] := 3;
    elsif expected = last or (already[i] is null and (expected = -2 or expected = -3 and last >= 0)) then
      last := last + append_count[i];
      head := head + append_count[i];
      ends[stream] := last;
      revisions[i] := last;
      positions[i] := head;
    else
      -- Refused, unless these very events are at that place already.
      place := case when expected < -1 then already[i] else expected + 1 end;
      positions[i] := (
        select max(e.position)
        from generate_series(0, append_count[i] - 1) k
        join ${schema}.events e
          on e.stream = names[append_stream[i]] and e.revision = place + k and e.id = event_ids[append_first[i] + k]
        having count(*) = append_count[i]
      );
      refusals[i] := case when positions[i] is null then 2 else 1 end;
      revisions[i] := case when positions[i] is null then last else place + append_count[i] - 1 end;
    end if;
  end loop;

  insert into ${schema}.events (position, stream, revision, id, type, recorded_at, body)
  select
    positions[e.append] - e.rest, names[append_stream[e.append]], revisions[e.append] - e.rest,
    e.id, e.type, recorded, e.body
  from unnest(event_append, event_rest, event_ids, string_to_array(event_types, E'\\n'), string_to_array(event_bodies, E'\\n'))
    e(append, rest, id, type, body)
  where refusals[e.append] is null;

  if found then
    perform pg_notify('headwater_log_${schema}', '');
  end if;
end $$`
