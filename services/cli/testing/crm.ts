/** Two leads with their deals, in a file `leads….csv`, and the mapping for it. */
export const crmMapping = `source: crm
zone: Asia/Shanghai
gates: waive
playbook:
  id: sales
  definition:
    name: { en: Sales, zh-CN: 销售 }
    calendar: { zone: Asia/Shanghai, week: { mon: [{ from: '09:00', to: '18:00' }] } }
    stages: [{ id: new, name: { en: New, zh-CN: 新 } }, { id: visited, name: { en: Visited, zh-CN: 已拜访 } }]
files:
  - match: 'leads*.csv'
    case: id
    lead:
      capturedAt: at
      contact: { name: name, phone: phone }
      tags: { type: { value: new }, region: { value: east }, firstContactChannel: channel }
      source: { channel: channel }
    deal: { stage: new }
    stages: { visited: visited }
`

/** The lines of the file; the mapping does not name the column `colour`. */
export const crmRows: readonly string[] = [
  'id,at,name,phone,channel,visited,colour',
  'A1,2026-03-02 10:00,王芳,13800138000,hotline,2026-03-04 10:00,red',
  'A2,2026-03-03 10:00,李雷,13800138001,referral,,blue',
]
