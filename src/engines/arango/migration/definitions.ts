import { z } from 'zod'
import { nearest } from '../../../config/nearest.ts'
import { memberLines } from './lines.ts'
import { type Allowances, allowances, type Operation, type OperationName, operationShapes } from './operation.ts'

/** One member of `up` or `down`. */
export interface DefinedOperation {
  readonly operation: Operation
  /** From 1. */
  readonly line: number
  readonly allow: Allowances
}

/** A .json migration. */
export interface Definitions {
  readonly up: readonly DefinedOperation[]
  /** Null where it has no way down. */
  readonly down: readonly DefinedOperation[] | null
  /** Holds for the whole file. */
  readonly allow: Allowances
}

const file = z.strictObject({
  $schema: z.string().optional(),
  allow: allowances.prefault({}),
  up: z.array(z.unknown()),
  down: z.array(z.unknown()).optional(),
})

/** Everything that is wrong with a file, each as `line 3: createCollection.name: …`. */
export class DefinitionFaults extends Error {}

/** Reads a .json migration. @throws DefinitionFaults with all faults in its message */
export function parseDefinitions(text: string): Definitions {
  const { up, down, allow } = parseFile(text)
  const lines = memberLines(text)
  const faults: string[] = []
  const read = (direction: 'up' | 'down', members: readonly unknown[]): DefinedOperation[] =>
    members.flatMap((member, index) => {
      const line = lines.get(direction)?.[index] ?? 1
      const parsed = parseMember(member)
      if (parsed.operation !== null) return [{ operation: parsed.operation, line, allow: parsed.allow }]
      faults.push(...parsed.faults.map((fault) => `line ${line}: ${fault}`))
      return []
    })
  const definitions = { up: read('up', up), down: down === undefined ? null : read('down', down), allow }
  if (faults.length > 0) throw new DefinitionFaults(faults.join('; '))
  return definitions
}

function parseFile(text: string): z.output<typeof file> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new DefinitionFaults(`it is no JSON: ${(error as Error).message}`)
  }
  const parsed = file.safeParse(json)
  if (parsed.success) return parsed.data
  throw new DefinitionFaults(describeIssues(parsed.error).join('; '))
}

type Parsed =
  | { readonly operation: Operation; readonly allow: Allowances }
  | { readonly operation: null; readonly faults: readonly string[] }

function parseMember(member: unknown): Parsed {
  const object = z.record(z.string(), z.unknown()).safeParse(member)
  if (!object.success) return { operation: null, faults: ['an operation is an object'] }
  const { allow: given = {}, ...rest } = object.data
  const names = Object.keys(rest)
  const [name = ''] = names
  if (names.length !== 1)
    return { operation: null, faults: [`one operation is expected, found ${names.join(', ') || 'none'}`] }
  if (!isOperationName(name)) {
    const guess = nearest(name, Object.keys(operationShapes))
    return {
      operation: null,
      faults: [`there is no operation ${name}${guess === null ? '' : `; did you mean ${guess}?`}`],
    }
  }
  const asked = operationShapes[name].safeParse(rest[name])
  const allow = allowances.safeParse(given)
  if (asked.success && allow.success) {
    // The shape belongs to the name; TypeScript cannot follow that through an indexed access.
    return { operation: { name, asked: asked.data } as Operation, allow: allow.data }
  }
  const faults = [
    ...(asked.success ? [] : describeIssues(asked.error, name)),
    ...(allow.success ? [] : describeIssues(allow.error, 'allow')),
  ]
  return { operation: null, faults }
}

const isOperationName = (name: string): name is OperationName => Object.hasOwn(operationShapes, name)

function describeIssues({ issues }: z.ZodError, within = ''): string[] {
  return issues.map(({ path, message }) => {
    const place = [within, ...path.map(String)].filter((part) => part !== '').join('.')
    return place === '' ? message : `${place}: ${message}`
  })
}
