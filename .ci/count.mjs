// count.mjs <exit status of the run> <report of vitest>…: sums the reports up, as the last line `N passed, N failed`.
// What did not run counts as failed: a missing report, a spec that could not be loaded, a skipped test, a failed check before the tests.
import { readFileSync } from 'node:fs'

const [status, ...reports] = process.argv.slice(2)
let passed = 0
let failed = 0
const fail = (why) => {
  failed++
  console.log(`not passed: ${why}`)
}

for (const file of reports) {
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    fail('the tests did not run to their end')
    continue
  }
  for (const { name, status, assertionResults } of report.testResults) {
    if (assertionResults.length === 0) fail(`${name} has no tests that could run`)
    for (const test of assertionResults)
      if (test.status === 'passed') passed++
      else fail(`${name}: ${test.fullName} (${test.status})`)
    if (status === 'failed' && assertionResults.every((test) => test.status === 'passed')) fail(name)
  }
}
if (status !== '0' && failed === 0) fail('the run ended with an error')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
