import { httpRoutes } from '../support/http-routes.ts'
import { sectionsOf } from '../support/markdown.ts'
import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

const page = 'docs/api.md'
const sections = sectionsOf(await textOf(page), 3)
const documented = new Map([...sections].map(([heading, text]) => [heading.replaceAll('`', ''), text]))
const routes = await httpRoutes()

report([
  ...[...routes].filter((route) => !documented.has(route)).map((route) => `${page}: no section ### \`${route}\``),
  ...[...documented.keys()].filter((route) => !routes.has(route)).map((route) => `${page}: nothing answers ${route}`),
  ...[...documented].filter(([, text]) => text.trim() === '').map(([route]) => `${page}: ${route} says nothing`),
])
