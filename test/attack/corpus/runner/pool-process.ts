import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type Alteration, altered } from '../../../support/alterations.ts'
import type { Told } from './transcript.ts'

export interface PoolTerms {
  readonly host: string
  readonly port: number
  readonly database: string
  /** The folder of the context keys. */
  readonly secrets: string
}

export interface PoolRequest {
  readonly company: string
  readonly text: string
  /** Its caller goes away then. */
  readonly abortAfterMs?: number
}

export interface PoolProcess {
  ask(request: PoolRequest): Promise<Told>
  close(): Promise<void>
}

const script = new URL('./altered-pool.ts', import.meta.url).pathname

/** The router's pool with one connection, without the guard, which does otherwise than it is written where there are alterations. */
export function openPoolProcess(terms: PoolTerms, alterations: readonly Alteration[]): PoolProcess {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...altered(alterations).env, DBSVC_TEST_POOL: JSON.stringify(terms) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const { value, done } = await answers.next()
      if (done === true) throw new Error('the pool has ended')
      return JSON.parse(value) as Told
    },
    async close() {
      child.stdin.end()
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
