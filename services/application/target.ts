/** A stream that takes commands: `organisation` or `ledger` `main`, or a playbook, lead, customer, deal, contract or plan by its id. */
export interface Target {
  readonly category: string
  readonly id: string
}
