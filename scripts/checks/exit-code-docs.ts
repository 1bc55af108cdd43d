import { ExitCode } from '../../src/core/exit-codes.ts'
import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

const page = 'docs/exit-codes.md'
const documented = new Map(
  [...(await textOf(page)).matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [Number(code), name]),
)
const codes = new Map<number, string>(Object.entries(ExitCode).map(([name, code]) => [code, name]))

report([
  ...[...codes]
    .filter(([code, name]) => documented.get(code) !== name)
    .map(([code, name]) => `${page}: no row | ${code} | ${name} |`),
  ...[...documented.keys()].filter((code) => !codes.has(code)).map((code) => `${page}: no command exits with ${code}`),
])
