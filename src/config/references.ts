import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ConfigFault } from '../core/errors/config.ts'
import { coerceText } from './coerce.ts'
import { schemaAt, unwrap } from './leaves.ts'
import type { Environment } from './load.ts'
import { isTree, type Tree } from './tree.ts'

export interface ReferenceScope {
  readonly env: Environment
  /** Folder that `${file:…}` is relative to. */
  readonly root: string
  /** Where the settings came from, for faults. */
  readonly source: string
  /** Told every text that a reference at a secret path brought in. */
  readonly onResolved: (path: string, text: string) => void
}

/** `$${env:NAME}` stands for the text `${env:NAME}` itself. */
const reference = /\$?\$\{(env|file):([^}]*)\}/g

/**
 * Replaces `${env:NAME}` and `${file:path}` in every string of `tree`; what they bring in is not looked at again.
 * A setting that holds a reference is read as its own type: a port may be `${env:PORT}`.
 */
export async function resolveReferences(
  tree: Tree,
  scope: ReferenceScope,
): Promise<{ tree: Tree; faults: ConfigFault[] }> {
  const faults: ConfigFault[] = []

  const visit = async (value: unknown, path: readonly string[]): Promise<unknown> => {
    if (typeof value === 'string') return replace(value, path)
    if (Array.isArray(value)) return Promise.all(value.map((item, index) => visit(item, [...path, String(index)])))
    return isTree(value) ? visitTree(value, path) : value
  }

  const visitTree = async (node: Tree, path: readonly string[]): Promise<Tree> => {
    const entries = await Promise.all(
      Object.entries(node).map(async ([key, child]) => [key, await visit(child, [...path, key])] as const),
    )
    return Object.fromEntries(entries)
  }

  const replace = async (text: string, path: readonly string[]): Promise<unknown> => {
    const matches = [...text.matchAll(reference)]
    if (matches.length === 0) return text
    const dotted = path.join('.')
    let resolved = ''
    let end = 0
    for (const match of matches) {
      const [whole, kind, name = ''] = match
      resolved += text.slice(end, match.index)
      end = match.index + whole.length
      if (whole.startsWith('$$')) {
        resolved += whole.slice(1)
        continue
      }
      const found = kind === 'env' ? readVariable(name, scope.env) : await readText(resolve(scope.root, name))
      if ('problem' in found) {
        faults.push({ path: dotted, problem: found.problem, source: scope.source })
        continue
      }
      scope.onResolved(dotted, found.text)
      resolved += found.text
    }
    resolved += text.slice(end)
    const schema = schemaAt(path)
    return schema === undefined ? resolved : coerceText(resolved, unwrap(schema))
  }

  return { tree: await visitTree(tree, []), faults }
}

type Found = { readonly text: string } | { readonly problem: string }

function readVariable(name: string, env: Environment): Found {
  const text = env[name]
  return text === undefined ? { problem: `the environment variable ${name} is not set` } : { text }
}

async function readText(path: string): Promise<Found> {
  try {
    // Editors and `echo` end a file with a newline that is no part of the secret.
    return { text: (await readFile(path, 'utf8')).replace(/\r?\n$/, '') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { problem: `the file ${path} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}` }
  }
}
