import { calendars, type PlaybookInput } from '@headwater/schema'

type StageInput = PlaybookInput['stages'][number]

const afterTwoDays: Pick<StageInput, 'dwellLimit' | 'reminders' | 'escalation'> = {
  dwellLimit: { after: 'PT48H' },
  reminders: [
    { after: 'PT48H', to: 'owner' },
    { after: 'PT48H', to: 'superior' },
  ],
  escalation: { after: 'P5D', to: 'regional-manager' },
}

/** Devices sold to businesses: every stage is passed on with a document of its own. */
export const b2bDevice: PlaybookInput = {
  name: { 'zh-CN': 'B2B设备销售', en: 'B2B devices' },
  calendar: calendars.cn,
  stages: [
    {
      ...afterTwoDays,
      id: 'needs-confirmed',
      name: { 'zh-CN': '需求确认', en: 'Needs confirmed' },
      exit: { evidence: [{ kind: 'needs-confirmation' }] },
      nextAction: { 'zh-CN': '上传需求确认书', en: 'Upload the confirmation of needs' },
    },
    {
      id: 'solution-matched',
      name: { 'zh-CN': '方案匹配', en: 'Solution matched' },
      exit: { evidence: [{ kind: 'solution-document' }] },
      // The customer has the solution and thinks: more patience, then a second push.
      dwellLimit: { after: 'P5D' },
      reminders: [
        { after: 'PT48H', to: 'owner' },
        {
          after: 'P5D',
          to: 'superior',
          suggestion: {
            'zh-CN': '方案等待反馈超过5天，建议二次推动',
            en: 'No answer to the solution for five days: push a second time',
          },
        },
      ],
      escalation: { after: 'P10D', to: 'regional-manager' },
      nextAction: { 'zh-CN': '上传方案书', en: 'Upload the solution document' },
    },
    {
      ...afterTwoDays,
      id: 'quote-approved',
      name: { 'zh-CN': '报价审批', en: 'Quote approved' },
      exit: { evidence: [{ kind: 'approved-quote' }] },
      nextAction: { 'zh-CN': '上传审批后的报价单', en: 'Upload the approved quote' },
    },
    {
      ...afterTwoDays,
      id: 'contract-signed',
      name: { 'zh-CN': '合同签署', en: 'Contract signed' },
      exit: { evidence: [{ kind: 'signed-contract' }] },
      nextAction: { 'zh-CN': '上传合同扫描件', en: 'Upload the scanned contract' },
    },
    {
      ...afterTwoDays,
      id: 'first-payment-received',
      name: { 'zh-CN': '首付款到账', en: 'First payment received' },
      exit: { evidence: [{ kind: 'payment-receipt' }] },
      nextAction: { 'zh-CN': '上传到账凭证', en: 'Upload the proof of payment' },
    },
  ],
  evidenceKinds: [
    { id: 'needs-confirmation', name: { 'zh-CN': '需求确认书', en: 'Confirmation of needs' } },
    { id: 'solution-document', name: { 'zh-CN': '方案书', en: 'Solution document' } },
    { id: 'approved-quote', name: { 'zh-CN': '审批报价单', en: 'Approved quote' } },
    { id: 'signed-contract', name: { 'zh-CN': '合同扫描件', en: 'Scanned contract' } },
    { id: 'payment-receipt', name: { 'zh-CN': '到账凭证', en: 'Proof of payment' } },
  ],
  fields: [
    { id: 'device-model', name: { 'zh-CN': '设备型号', en: 'Device model' }, type: 'text' },
    { id: 'quantity', name: { 'zh-CN': '数量', en: 'Quantity' }, type: 'number' },
    { id: 'competitor-price', name: { 'zh-CN': '竞争对手报价', en: "Competitor's price" }, type: 'money' },
    { id: 'delivery-date', name: { 'zh-CN': '要求交期', en: 'Delivery wanted by' }, type: 'date' },
  ],
  checklist: [
    { id: 'decision-maker-met', name: { 'zh-CN': '已接触决策人', en: 'Decision maker met' } },
    { id: 'technical-parameters', name: { 'zh-CN': '技术参数已确认', en: 'Technical parameters confirmed' } },
  ],
  lossReasons: [
    { id: 'price', name: { 'zh-CN': '价格过高', en: 'Price too high' } },
    { id: 'competitor', name: { 'zh-CN': '选择竞品', en: 'Chose a competitor' } },
    { id: 'requirements', name: { 'zh-CN': '技术不满足需求', en: 'Requirements not met' } },
    { id: 'no-budget', name: { 'zh-CN': '预算取消', en: 'Budget withdrawn' } },
    { id: 'delivery-time', name: { 'zh-CN': '交期过长', en: 'Delivery takes too long' } },
    { id: 'other', name: { 'zh-CN': '其他', en: 'Other' } },
  ],
  blockingReasons: [
    { id: 'parameters-missing', name: { 'zh-CN': '技术参数不全', en: 'Technical parameters are missing' } },
    { id: 'waiting-for-feedback', name: { 'zh-CN': '方案等待反馈', en: 'Waiting for feedback on the solution' } },
    { id: 'quote-approval', name: { 'zh-CN': '报价审批中', en: 'Quote awaits approval' } },
    { id: 'customer-approval', name: { 'zh-CN': '客户内部审批中', en: "Awaits the customer's own approval" } },
    { id: 'contract-review', name: { 'zh-CN': '合同法务审核中', en: 'Contract under legal review' } },
  ],
}
