import { report } from '../support/problems.ts'
import { textOf } from '../support/repository.ts'

// What is installed with dbsvc may be used in any product: no licence that asks for the source of what it is part of.
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
])

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly license?: string }>>
}

const { packages } = JSON.parse(await textOf('package-lock.json')) as Lock
const problems = Object.entries(packages)
  .filter(([path, { dev, license }]) => path !== '' && dev !== true && !isPermissive(license ?? ''))
  .map(([path, { license }]) => `${path}: ${license ?? 'no licence'} is none of those that dbsvc may be installed with`)
report(problems)

/** Of an SPDX expression of one operator: with AND every part must be, with OR one. */
function isPermissive(expression: string): boolean {
  const parts = expression.replaceAll(/[()]/g, '').split(/ (?:AND|OR) /)
  return expression.includes(' OR ')
    ? parts.some((part) => permissive.has(part))
    : parts.every((part) => permissive.has(part))
}
