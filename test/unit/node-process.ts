import { execFile } from 'node:child_process'
import { chown } from 'node:fs/promises'
import { promisify } from 'node:util'

const isRoot = process.getuid?.() === 0
const nobody = 65_534

/** Runs a module in a Node process of its own. Returns what it printed on stdout. */
export async function runNode(source: string): Promise<string> {
  return run(source, {})
}

/** The same as a user whom file modes bind: root, whom they do not, hands over to nobody. */
export async function runNodeUnprivileged(source: string): Promise<string> {
  return run(source, isRoot ? { uid: nobody, gid: nobody } : {})
}

/** Gives files to the user of `runNodeUnprivileged`. */
export async function giveToUnprivileged(...paths: readonly string[]): Promise<void> {
  if (isRoot) await Promise.all(paths.map((path) => chown(path, nobody, nobody)))
}

async function run(source: string, user: { readonly uid?: number; readonly gid?: number }): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], user)
  return stdout
}
