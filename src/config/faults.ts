import type { z } from 'zod'
import type { ConfigFault } from '../core/errors/config.ts'
import { keysAt } from './leaves.ts'
import { nearest } from './nearest.ts'

/** Turns what the schema refused into faults, an unknown key each its own; `sourceOf` says what set a path. */
export function faultsOf(error: z.ZodError, sourceOf: (path: readonly string[]) => string): ConfigFault[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], sourceOf))
    return [{ path: path.join('.'), problem: plain(issue.message), source: sourceOf(path) }]
  })
}

function unknownKey(path: readonly string[], sourceOf: (path: readonly string[]) => string): ConfigFault {
  const group = path.slice(0, -1)
  const meant = nearest(path.at(-1) ?? '', keysAt(group))
  return {
    path: path.join('.'),
    problem: meant === null ? 'unknown setting' : `unknown setting; did you mean ${[...group, meant].join('.')}?`,
    source: sourceOf(path),
  }
}

const plain = (message: string): string => message.replace(/^(Invalid \w+|Too (small|big)): /, '')
