import { describeChecks } from '../../src/app/doctor/describe-checks.ts'
import { notRun } from '../../src/app/doctor/examine.ts'
import { sectionsOf } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

const page = 'docs/doctor.md'
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')
const sections = new Map(
  [...sectionsOf(await textOf(page), 3)].map(([heading, text]) => [heading.replaceAll('`', ''), inOneLine(text)]),
)
const checks = describeChecks([])
const asked = { asked: ', `--fix` mends it', always: ', mended at once' }

const missing = checks.flatMap(({ id, summary, findings }) => {
  const text = sections.get(id)
  if (text === undefined) return [`${page}: no section ### \`${id}\``]
  const wanted = findings.map(
    (finding) =>
      `| \`${finding.id}\` | ${finding.severity}${finding.fix === null ? '' : asked[finding.fix]} | ${finding.means} |`,
  )
  return [summary, ...wanted]
    .filter((words) => !text.includes(inOneLine(words)))
    .map((words) => `${page}: ${id} does not say "${words}"`)
})
const stale = [...sections].flatMap(([heading, text]) => {
  const check = checks.find(({ id }) => id === heading)
  if (check === undefined) return [`${page}: there is no check ${heading}`]
  const known = check.findings.map(({ id }) => id)
  return [...text.matchAll(/\| `([a-z0-9-]+)` \|/g)]
    .filter(([, id = '']) => !known.includes(id))
    .map(([, id]) => `${page}: ${heading} does not find ${id}`)
})
const general = inOneLine(await textOf(page)).includes(`\`${notRun.id}\` (${notRun.severity})`)
  ? []
  : [`${page}: does not say \`${notRun.id}\` (${notRun.severity})`]

report([...missing, ...stale, ...general])
