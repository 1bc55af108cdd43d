import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { type SealingKey, sealingKeyOf } from '../../core/secret/seal.ts'
import type { Config } from '../schema.ts'

/** The keys that secrets at rest are sealed with; none where none is configured. */
export interface SealingKeys {
  /** Seals what is written. */
  readonly current: SealingKey | null
  /** Opens what was sealed before it. */
  readonly previous: SealingKey | null
}

// A command that asks a key service over the network.
const commandMs = 30_000

/** Reads them when they are first asked for: a command that needs no secret starts no other. @param root the command's working directory */
export function sealingKeys(settings: Config['secrets'], root: string): () => Promise<SealingKeys> {
  let keys: Promise<SealingKeys> | undefined
  return () => {
    keys ??= read(settings, root)
    return keys
  }
}

async function read({ key, keyCommand, previousKey }: Config['secrets'], root: string): Promise<SealingKeys> {
  return {
    current: keyCommand === undefined ? parse('secrets.key', key) : await ask(keyCommand, root),
    previous: parse('secrets.previousKey', previousKey),
  }
}

async function ask(command: readonly [string, ...string[]], root: string): Promise<SealingKey | null> {
  const { execa } = await import('execa')
  const [file, ...args] = command
  try {
    const { stdout } = await execa(file, args, { cwd: root, timeout: commandMs, stdin: 'ignore', stderr: 'inherit' })
    return parse('secrets.keyCommand', stdout)
  } catch (error) {
    if (error instanceof DbsvcError) throw error
    // Its whole message could hold what the command printed.
    throw DbsvcError.of('DBS-1004', { what: 'secrets.keyCommand', reason: shortReason(error) })
  }
}

function shortReason(error: unknown): string {
  const { shortMessage } = error as { shortMessage?: string }
  return shortMessage ?? reasonOf(error)
}

function parse(setting: string, text: string | undefined): SealingKey | null {
  if (text === undefined) return null
  const key = sealingKeyOf(text)
  if (key === null) throw DbsvcError.of('DBS-1004', { what: setting, reason: 'it is not 32 bytes in base64' })
  return key
}
