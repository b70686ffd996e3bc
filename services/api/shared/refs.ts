// The entities by name, so that topics can point at each other without importing each other.
import type {
  CommissionPlanRow,
  ContractRow,
  CustomerRow,
  DealRow,
  LeadRow,
  PlaybookRow,
  PlaybookVersionRow,
  RegionRow,
  RepRow,
  StoreRow,
} from '@headwater/projections'
import { builder } from './builder.ts'
import { connectionOf } from './page.ts'

export const RegionRef = builder.objectRef<RegionRow>('Region')
export const StoreRef = builder.objectRef<StoreRow>('Store')
export const RepRef = builder.objectRef<RepRow>('Rep')
export const PlaybookRef = builder.objectRef<PlaybookRow>('Playbook')
export const PlaybookVersionRef = builder.objectRef<PlaybookVersionRow>('PlaybookVersion')
export const LeadRef = builder.objectRef<LeadRow>('Lead')
export const CustomerRef = builder.objectRef<CustomerRow>('Customer')
export const DealRef = builder.objectRef<DealRow>('Deal')
export const ContractRef = builder.objectRef<ContractRow>('Contract')
export const CommissionPlanRef = builder.objectRef<CommissionPlanRow>('CommissionPlan')

export const LeadConnection = connectionOf(LeadRef)
export const CustomerConnection = connectionOf(CustomerRef)
export const DealConnection = connectionOf(DealRef)
export const ContractConnection = connectionOf(ContractRef)
