import { z } from 'zod'
import { nearest } from '../../../config/nearest.ts'
import { type Operation, operationNames, schemaOf, tagged } from './operation.ts'
import { elementLines, lineAt } from './position.ts'

/** One operation and the line of the file on which it begins, from 1. */
export interface PlacedOperation {
  readonly operation: Operation
  readonly line: number | null
}

export interface MigrationDocument {
  readonly up: readonly PlacedOperation[]
  /** Null where there is no way down. */
  readonly down: readonly PlacedOperation[] | null
}

export interface DocumentFault {
  readonly line: number | null
  readonly problem: string
}

/** @returns the document, or everything that is wrong with it */
export function readDocument(
  text: string,
): { readonly document: MigrationDocument } | { readonly faults: readonly DocumentFault[] } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const at = /position (\d+)/.exec(message)?.[1]
    return { faults: [{ line: at === undefined ? null : lineAt(text, Number(at)), problem: `is no JSON: ${message}` }] }
  }
  const outline = z.strictObject({
    $schema: z.string().optional(),
    up: z.array(z.unknown()),
    down: z.union([z.array(z.unknown()), z.literal(false)]).optional(),
  })
  const parsed = outline.safeParse(value)
  if (!parsed.success) return { faults: parsed.error.issues.map((issue) => ({ line: null, problem: describe(issue) })) }
  const faults: DocumentFault[] = []
  const up = readList(parsed.data.up, 'up', text, faults)
  const down = Array.isArray(parsed.data.down) ? readList(parsed.data.down, 'down', text, faults) : null
  return faults.length === 0 ? { document: { up, down } } : { faults }
}

function readList(
  list: readonly unknown[],
  key: 'up' | 'down',
  text: string,
  faults: DocumentFault[],
): PlacedOperation[] {
  const lines = elementLines(text, key)
  return list.flatMap((element, index) => {
    const line = lines[index] ?? null
    const name = nameIn(element)
    const schema = name === undefined ? undefined : schemaOf(name)
    if (schema === undefined) {
      faults.push({ line, problem: `${key}[${index}]: ${unknownOperation(name)}` })
      return []
    }
    const parsed = schema.safeParse(element)
    if (parsed.success) return [{ operation: tagged(parsed.data), line }]
    for (const issue of parsed.error.issues) faults.push({ line, problem: `${key}[${index}].${describe(issue)}` })
    return []
  })
}

/** The one key of the element; undefined where it has none or is no object. */
function nameIn(element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return undefined
  const keys = Object.keys(element)
  return keys.find((key) => operationNames.includes(key)) ?? keys[0]
}

function unknownOperation(name: string | undefined): string {
  if (name === undefined) return `takes an object with one of ${operationNames.join(', ')}`
  const meant = nearest(name, operationNames)
  return meant === null
    ? `there is no operation ${name}; there are ${operationNames.join(', ')}`
    : `there is no operation ${name}; did you mean ${meant}?`
}

const describe = (issue: z.core.$ZodIssue): string =>
  `${issue.path.map(String).join('.')}${issue.path.length === 0 ? '' : ': '}${issue.message}`
