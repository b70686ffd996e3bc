/** A stream that takes commands: `organisation` `main`, or a playbook, lead, customer or deal by its id. */
export interface Target {
  readonly category: string
  readonly id: string
}
