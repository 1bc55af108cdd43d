import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { inject } from 'vitest'
import type { DbsvcResult } from '../../support/dbsvc.ts'

type Outcome = Pick<DbsvcResult, 'exitCode' | 'stdout' | 'stderr'>

/** The first `node` on the PATH that is older than dbsvc allows, or null. */
export async function findOldNode(): Promise<string | null> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  for (const folder of new Set(folders)) {
    const node = join(folder, 'node')
    const { stdout } = await execa(node, ['--version'], { reject: false })
    const major = Number(/^v(\d+)\./.exec(stdout ?? '')?.[1])
    if (major < 22) return node
  }
  return null
}

export async function runWithNode(node: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return run(node, args, { cwd })
}

/** Runs dbsvc as a user whom file modes bind: root, whom they do not, hands over to nobody. */
export async function runUnprivileged(args: readonly string[], cwd: string): Promise<Outcome> {
  const isRoot = process.getuid?.() === 0
  return run(process.execPath, args, { cwd, ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}) })
}

async function run(
  node: string,
  args: readonly string[],
  options: { cwd: string; uid?: number; gid?: number },
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(node, [inject('dbsvcBin'), ...args], {
    ...options,
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent' },
    extendEnv: false,
    reject: false,
  })
  return { exitCode: exitCode ?? null, stdout, stderr }
}
