/** A stream that takes commands: `organisation` or `ledger` `main`, or a playbook, visitor, lead, customer, deal, contract, plan or attribution run by its id. */
export interface Target {
  readonly category: string
  readonly id: string
}
