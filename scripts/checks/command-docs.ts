import { registry } from '../../src/commands/registry.ts'
import { sectionsOf } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { textOf, trackedFiles } from '../support/repository.ts'

const readme = await textOf('README.md')
const unnamed = registry
  .map(({ path }) => `\`dbsvc ${path.join(' ')}`)
  .filter((command) => !new RegExp(`${command}[ \`]`).test(readme))
  .map((command) => `README.md: no command ${command}\``)

const page = 'docs/json-output.md'
const printers = (await trackedFiles()).filter((path) => /^src\/(commands|output)\/.*\.ts$/.test(path))
const sources = (await Promise.all(printers.map(textOf))).join('\n')
const shapes = new Set([...sources.matchAll(/'(?:dbsvc\/)?([a-z][a-z.]*\/\d+)'/g)].map(([, shape = '']) => shape))
const described = [...sectionsOf(await textOf(page), 3).keys()].map((heading) => heading.replaceAll('`', ''))

report([
  ...unnamed,
  ...[...shapes].filter((shape) => !described.includes(shape)).map((shape) => `${page}: no section ### \`${shape}\``),
  ...described.filter((shape) => !shapes.has(shape)).map((shape) => `${page}: no command prints ${shape}`),
])
