import type { CompanyChange } from '../../core/company/change.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { limitNames, parseParameters, unknown } from './file/spec.ts'

/** A change as a command line has it; a label or limit without a value is to go. */
export interface WantedChange {
  readonly name?: string | undefined
  readonly tier?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly limits?: Readonly<Record<string, string>> | undefined
}

/** @throws DBS-1903 with every problem named, or when nothing is to be changed */
export function parseChange({ name, tier, labels, limits }: WantedChange): CompanyChange {
  const given = Object.entries({ name, tier, labels, limits }).filter(([, value]) => value !== undefined)
  if (given.length === 0) {
    throw DbsvcError.of('DBS-1903', { reason: 'say what is to change: --name, --tier, --label or --limit' })
  }
  const kept = (values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).filter(([, value]) => value !== '')
  const parameters = parseParameters({
    ...Object.fromEntries(given),
    labels: Object.fromEntries(kept(labels)),
    limits: Object.fromEntries(kept(limits).map(([key, value]) => [key, Number(value)])),
  })
  const strange = removed(limits).find((key) => !limitNames.includes(key))
  if (strange !== undefined) throw DbsvcError.of('DBS-1903', { reason: unknown('field', strange, limitNames) })
  return {
    ...parameters,
    labels: { ...parameters.labels, ...nothing(removed(labels)) },
    limits: { ...parameters.limits, ...nothing(removed(limits)) },
  }
}

const removed = (values: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(values).flatMap(([key, value]) => (value === '' ? [key] : []))

const nothing = (keys: readonly string[]): Record<string, null> => Object.fromEntries(keys.map((key) => [key, null]))
