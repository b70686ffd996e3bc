import { calendars, type PlaybookInput } from '@headwater/schema'

/** Chains of stores for home improvement: from the lead over the design to the contract. */
export const homeImprovement: PlaybookInput = {
  name: { 'zh-CN': '家装建材', en: 'Home improvement' },
  calendar: calendars.cn,
  stages: [
    {
      id: 'lead',
      name: { 'zh-CN': '线索获取', en: 'Lead' },
      dwellLimit: { after: 'P2D' },
      reminders: [
        {
          after: 'PT24H',
          to: 'owner',
          suggestion: { 'zh-CN': '24小时内完成首次个人联系', en: 'Contact the customer in person within 24 hours' },
        },
      ],
      escalation: { after: 'P3D', to: 'superior' },
      nextAction: { 'zh-CN': '首次联系客户', en: 'Make the first contact' },
    },
    {
      id: 'contact',
      name: { 'zh-CN': '初步沟通', en: 'First contact' },
      dwellLimit: { after: 'P5D' },
      reminders: [
        {
          after: 'P3D',
          to: 'owner',
          suggestion: { 'zh-CN': '预约上门量房', en: 'Arrange the measuring visit' },
        },
      ],
      escalation: { after: 'P7D', to: 'superior' },
      nextAction: { 'zh-CN': '预约上门量房', en: 'Arrange the measuring visit' },
    },
    {
      id: 'design',
      name: { 'zh-CN': '方案设计', en: 'Design' },
      exit: { evidence: [{ kind: 'design-sketch' }] },
      dwellLimit: { after: 'P10D' },
      reminders: [
        { after: 'P7D', to: 'owner', suggestion: { 'zh-CN': '催设计师出图', en: 'Ask the designer for the sketch' } },
      ],
      escalation: { after: 'P14D', to: 'regional-manager' },
      nextAction: { 'zh-CN': '上传设计草图', en: 'Upload the design sketch' },
    },
    {
      id: 'quote',
      name: { 'zh-CN': '报价确认', en: 'Quote' },
      exit: { evidence: [{ kind: 'signed-quote-screenshot' }], fields: ['competitor-price'] },
      dwellLimit: { after: 'P7D' },
      reminders: [
        {
          after: 'P5D',
          to: 'owner',
          suggestion: {
            'zh-CN': '超过5天未跟进，联系客户确认报价',
            en: 'Five days without progress: call about the quote',
          },
        },
      ],
      escalation: { after: 'P10D', to: 'superior' },
      nextAction: {
        'zh-CN': '上传客户签字截图，填写竞品报价',
        en: "Upload the screenshot signed by the customer and enter the competitor's price",
      },
    },
    {
      id: 'contract',
      name: { 'zh-CN': '合同签订', en: 'Contract' },
      dwellLimit: { after: 'P7D' },
      reminders: [{ after: 'P3D', to: 'owner', suggestion: { 'zh-CN': '约客户签合同', en: 'Arrange the signing' } }],
      escalation: { after: 'P10D', to: 'superior' },
      nextAction: { 'zh-CN': '签订合同', en: 'Sign the contract' },
    },
  ],
  behaviours: [
    {
      id: 'personal-follow-up',
      name: { 'zh-CN': '首次沟通后24小时内个人跟进', en: 'Personal follow-up within 24 hours of the first contact' },
      stage: 'contact',
      activities: ['call', 'visit', 'message', 'store-visit'],
      within: { after: 'PT24H' },
    },
  ],
  evidenceKinds: [
    { id: 'design-sketch', name: { 'zh-CN': '设计草图', en: 'Design sketch' } },
    { id: 'signed-quote-screenshot', name: { 'zh-CN': '客户签字截图', en: 'Screenshot signed by the customer' } },
  ],
  fields: [
    { id: 'competitor-price', name: { 'zh-CN': '竞争对手报价', en: "Competitor's price" }, type: 'money' },
    { id: 'budget', name: { 'zh-CN': '预算', en: 'Budget' }, type: 'money' },
    { id: 'style', name: { 'zh-CN': '装修风格偏好', en: 'Preferred style' }, type: 'text' },
    { id: 'floor-area', name: { 'zh-CN': '建筑面积（平方米）', en: 'Floor area in square metres' }, type: 'number' },
  ],
  checklist: [
    { id: 'home-visit', name: { 'zh-CN': '已上门量房', en: 'Home measured' } },
    { id: 'budget-confirmed', name: { 'zh-CN': '已确认预算', en: 'Budget confirmed' } },
  ],
  lossReasons: [
    { id: 'price', name: { 'zh-CN': '价格过高', en: 'Price too high' } },
    { id: 'competitor', name: { 'zh-CN': '选择竞品', en: 'Chose a competitor' } },
    { id: 'design', name: { 'zh-CN': '对设计不满意', en: 'Not satisfied with the design' } },
    { id: 'postponed', name: { 'zh-CN': '推迟装修', en: 'Postponed the project' } },
    { id: 'no-budget', name: { 'zh-CN': '预算不足', en: 'No budget' } },
    { id: 'unreachable', name: { 'zh-CN': '无法联系', en: 'Cannot be reached' } },
    { id: 'other', name: { 'zh-CN': '其他', en: 'Other' } },
  ],
  blockingReasons: [
    { id: 'visit-not-arranged', name: { 'zh-CN': '未及时预约上门量房', en: 'Measuring visit not arranged in time' } },
    { id: 'designer-shortage', name: { 'zh-CN': '设计师资源紧张', en: 'Designers are short' } },
    { id: 'price-comparison', name: { 'zh-CN': '价格对比竞品缺乏优势', en: 'Price loses against the competitor' } },
    { id: 'customer-undecided', name: { 'zh-CN': '客户未决定', en: 'Customer is undecided' } },
  ],
}
