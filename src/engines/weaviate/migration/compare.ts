import type { ClassDefinition } from '../classes.ts'
import type { AskedClass, AskedProperty } from './operation.ts'

/** A difference such as `properties.symbol.tokenization is "word", not "field"`; empty where what is there is what was asked. */
export type Differences = readonly string[]

/**
 * Holds a class against the definition asked for. The server fills in defaults, some of which depend on its own settings and version:
 * what was asked must be there as it was asked; what was not must have the default where that is the same on every server.
 */
export function compareClass(asked: AskedClass, found: ClassDefinition): Differences {
  const { class: _name, properties, vectorConfig, multiTenancyConfig, description, ...rest } = asked
  return [
    ...compareValue('description', description ?? '', found.description ?? ''),
    ...compareValue(
      'multiTenancyConfig',
      { enabled: false, autoTenantCreation: false, autoTenantActivation: false, ...multiTenancyConfig },
      found.multiTenancyConfig ?? {},
    ),
    ...compareProperties(properties ?? [], (found.properties ?? []) as readonly AskedProperty[]),
    ...compareNames('vectorConfig', Object.keys(vectorConfig ?? {}), Object.keys(found.vectorConfig ?? {})),
    ...Object.entries(vectorConfig ?? {}).flatMap(([name, vector]) =>
      compareValue(
        `vectorConfig.${name}`,
        { vectorIndexType: 'hnsw', ...vector },
        found.vectorConfig?.[name] ?? vector,
      ),
    ),
    ...Object.entries(rest).flatMap(([key, value]) => compareValue(key, value, found[key as keyof ClassDefinition])),
  ]
}

/** The same of one property. */
export function compareProperty(asked: AskedProperty, found: AskedProperty): Differences {
  const isText = /^text(\[\])?$/.test(asked.dataType[0] ?? '')
  const defaults = {
    description: '',
    indexFilterable: true,
    ...(isText ? { tokenization: 'word', indexSearchable: true } : {}),
  }
  return compareValue(`properties.${asked.name}`, { ...defaults, ...asked }, { description: '', ...found })
}

function compareProperties(asked: readonly AskedProperty[], found: readonly AskedProperty[]): string[] {
  const names = (list: readonly AskedProperty[]): string[] => list.map(({ name }) => name)
  return [
    ...compareNames('properties', names(asked), names(found)),
    ...asked.flatMap((property) => {
      const other = found.find(({ name }) => name === property.name)
      return other === undefined ? [] : compareProperty(property, other)
    }),
  ]
}

function compareNames(path: string, asked: readonly string[], found: readonly string[]): string[] {
  return [
    ...asked.filter((name) => !found.includes(name)).map((name) => `${path}.${name} is missing`),
    ...found.filter((name) => !asked.includes(name)).map((name) => `${path}.${name} was not asked for`),
  ]
}

/** Everything in `asked` that `found` has otherwise; what only `found` has is the server's own. */
export function compareValue(path: string, asked: unknown, found: unknown): string[] {
  if (isNamedList(asked) && isNamedList(found)) {
    return asked.flatMap((item) => {
      const other = found.find(({ name }) => name === item.name)
      return other === undefined
        ? [`${path}.${item.name} is missing`]
        : compareValue(`${path}.${item.name}`, item, other)
    })
  }
  if (isRecord(asked) && isRecord(found)) {
    return Object.entries(asked).flatMap(([key, value]) => compareValue(`${path}.${key}`, value, found[key]))
  }
  // An empty object asks for nothing, and the server leaves it out.
  if (isRecord(asked) && Object.keys(asked).length === 0 && found === undefined) return []
  if (JSON.stringify(asked) === JSON.stringify(found)) return []
  return [`${path} is ${JSON.stringify(found) ?? 'not set'}, not ${JSON.stringify(asked)}`]
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamedList = (value: unknown): value is readonly { readonly name: string }[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isRecord(item) && typeof item.name === 'string')
