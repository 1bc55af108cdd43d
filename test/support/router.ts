import { afterAll } from 'vitest'
import { type Alteration, altered } from './alterations.ts'
import { type RunningDbsvc, spawnDbsvc } from './dbsvc.ts'
import type { TestProject } from './project.ts'
import type { Cluster } from './shipped-cluster.ts'
import { uniqueName } from './unique-name.ts'

/** A `dbsvc serve` of the installed program, and a key that it takes. */
export interface TestRouter {
  /** http://127.0.0.1:port */
  readonly url: string
  readonly port: number
  readonly key: string
  readonly process: RunningDbsvc
  /** Sends JSON, as company_abc and with `key` unless the headers say otherwise. */
  post<Body = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>>
  /** SIGTERM, and the end of the process. */
  stop(): Promise<void>
}

export interface Answer<Body> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface RouterOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Of `dbsvc service create`; what they say nothing of is granted without limit. */
  readonly grants?: readonly string[]
  /** What it does otherwise than it is written. */
  readonly alterations?: readonly Alteration[]
  /** It is killed after this time; 10 minutes. */
  readonly timeoutMs?: number
}

/** Flags of `dbsvc service create` that grant everything they are not given themselves. */
export function grantsWith(...grants: readonly string[]): string[] {
  const wide = { '--company': ['all'], '--engine': ['all'], '--verb': ['read', '--verb', 'write'] }
  const missing = Object.entries(wide).filter(([flag]) => !grants.includes(flag))
  return [...grants, ...missing.flat(2)]
}

/** Starts `dbsvc serve` on a free port; it is stopped after the test file at the latest. */
export async function startRouter(
  { dbsvc, project }: { readonly dbsvc: Cluster['dbsvc']; readonly project: TestProject },
  { args = [], env = {}, grants = [], alterations = [], timeoutMs = 600_000 }: RouterOptions = {},
): Promise<TestRouter> {
  const service = uniqueName('service').replaceAll('_', '-')
  const { key } = (await dbsvc('service', 'create', service, ...grantsWith(...grants), '--json')).json<{
    key: string
  }>()
  const program = alterations.length === 0 ? null : altered(alterations)
  const running = spawnDbsvc(['serve', '--port', '0', ...args], {
    cwd: project.directory,
    ...(program === null ? { env } : { bin: program.bin, env: { ...program.env, ...env } }),
    timeoutMs,
  })
  const [, found] = await running.waitFor(/serving on https?:\/\/[^:]+:(\d+)/, 90_000)
  const port = Number(found)
  const url = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    running.kill('SIGTERM')
    await running.exited
  }
  afterAll(stop)
  return {
    url,
    port,
    key,
    process: running,
    async post<Body>(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'x-dbsvc-company': 'company_abc',
          ...headers,
        },
        body: JSON.stringify(body),
      })
      return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
    },
    stop,
  }
}
