// Who may do what, by role: the only place that says so. Whose rows a viewer sees is decided in the queries, which all take the viewer.
import { refuse } from '@headwater/schema'
import { GraphQLError } from 'graphql'
import type { Role, Viewer } from './http/identity.ts'

const managed: readonly Role[] = ['headquarters', 'administrator']
const staffed: readonly Role[] = ['regional-manager', ...managed]
const supervised: readonly Role[] = ['store-manager', ...staffed]
const sold: readonly Role[] = ['rep', ...supervised]
const fed: readonly Role[] = ['service', ...sold]
/** Money: headquarters, and the machines of tills and banks. */
const booked: readonly Role[] = ['service', ...managed]

/** Figures of everybody side by side. */
const analysed: readonly Role[] = ['analyst', ...staffed]

/** The roles that may use each mutation. */
export const permissions: Readonly<Record<string, readonly Role[]>> = {
  openRegion: managed,
  openStore: managed,
  moveStore: managed,
  closeStore: managed,
  hireRep: staffed,
  moveRep: staffed,
  promoteRep: staffed,
  changeSuperior: staffed,
  repLeaves: staffed,
  certifyRep: staffed,

  publishPlaybook: managed,
  publishBuiltInPlaybook: managed,

  touchVisitor: fed,
  identifyVisitor: fed,

  captureLead: fed,
  changeLeadContact: fed,
  tagLead: fed,
  touchLead: fed,
  assignLead: ['service', ...supervised],
  markLeadValid: fed,
  markLeadInvalid: fed,
  qualifyLead: sold,
  disqualifyLead: sold,
  convertLead: sold,
  mergeLeads: sold,

  registerCustomer: fed,
  changeCustomerContact: fed,
  assignCustomerOwner: ['service', ...supervised],

  openDeal: fed,
  advanceDeal: sold,
  advanceDeals: sold,
  moveDealBack: sold,
  winDeal: sold,
  loseDeal: sold,
  reopenDeal: sold,
  attachEvidence: fed,
  withdrawEvidence: sold,
  setDealFields: fed,
  completeChecklistItem: sold,
  undoChecklistItem: sold,
  valueDeal: sold,
  assignDeal: supervised,
  blockDeal: sold,
  unblockDeal: sold,
  logDealActivity: fed,
  migrateDeal: managed,
  migrateDeals: managed,

  signContract: fed,
  changeContractCredits: staffed,
  reachMilestone: fed,
  cancelContract: supervised,
  receivePayment: booked,
  allocatePayment: booked,
  refundPayment: booked,
  reversePayment: booked,

  submitCommissionPlan: managed,
  approveCommissionPlan: managed,
  rejectCommissionPlan: managed,
  openLedger: managed,
  cutOffPeriod: managed,
  preparePeriod: managed,
  returnPeriod: managed,
  approvePeriod: managed,
  closePeriod: managed,

  publishCoachingThresholds: managed,
  openCoachingCases: analysed,
  acknowledgeCoachingCase: supervised,
  closeCoachingCase: supervised,
  runAttribution: ['analyst', ...managed],

  submitOfflineBatch: fed,
  forgetPerson: ['administrator'],
}

/** The refusal of a mutation that the viewer's role may not use; undefined where it may. */
export function forbidden(viewer: Viewer, mutation: string) {
  const allowed = Object.hasOwn(permissions, mutation) ? permissions[mutation]! : []
  if (allowed.includes(viewer.role)) return undefined
  return refuse('forbidden', `The role ${viewer.role} may not use ${mutation}.`, { details: { allowed } })
}

/** Queries that are not for everybody. */
const questions = {
  anomalies: analysed,
  attribution: ['analyst', ...managed],
  conformance: analysed,
  coachingCases: ['analyst', ...supervised],
} satisfies Record<string, readonly Role[]>

/** @throws GraphQLError `FORBIDDEN` where the viewer's role may not ask this */
export function allowed(viewer: Viewer, query: keyof typeof questions): void {
  const roles: readonly Role[] = questions[query]
  if (roles.includes(viewer.role)) return
  throw new GraphQLError(`The role ${viewer.role} may not ask for ${query}.`, { extensions: { code: 'FORBIDDEN' } })
}
