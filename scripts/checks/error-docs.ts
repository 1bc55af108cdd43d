import { catalogue } from '../../src/core/errors/catalogue.ts'
import type { ErrorDefinition } from '../../src/core/errors/define.ts'
import { sectionsOf } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

const page = 'docs/errors.md'
const sections = sectionsOf(await textOf(page), 2)
const definitions = Object.entries(catalogue) as [string, ErrorDefinition<never>][]

const missing = definitions.flatMap(([code, { summary, exit }]) => {
  const text = sections.get(code)
  if (text === undefined) return [`${page}: no section ## ${code}`]
  return [summary, `Exit status ${exit}.`]
    .filter((words) => !text.includes(words))
    .map((words) => `${page}: ${code} does not say "${words}"`)
})
const stale = [...sections.keys()]
  .filter((heading) => heading.startsWith('DBS-') && !(heading in catalogue))
  .map((code) => `${page}: ${code} is not in the catalogue`)

report([...missing, ...stale])
