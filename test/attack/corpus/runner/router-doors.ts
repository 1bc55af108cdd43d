import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { afterAll } from 'vitest'
import { ErrorDetailSchema } from '../../../../src/server/contract/dbsvc/v1/error_pb.js'
import { QueryService } from '../../../../src/server/contract/dbsvc/v1/query_pb.js'
import { engineFinding } from '../../../support/engines.ts'
import type { TestRouter } from '../../../support/router.ts'
import { type Door, routerDoor } from './doors.ts'
import type { Steps } from './technique.ts'
import { isTelling, type Told, withoutDuration } from './transcript.ts'

/** Further ways to a router than `query` and `execute` as JSON. */
export type RouterEntry = 'Connect' | 'stream' | 'batch' | 'ingest' | 'Python client'

const script = new URL('./ask.py', import.meta.url).pathname
const textsOf = (steps: Steps): readonly string[] => (typeof steps === 'function' ? [] : [steps].flat())

/** @param pythonPath where the client is installed */
export function doorTo(router: TestRouter, entry: RouterEntry, pythonPath: string): Door {
  if (entry === 'Connect') return connectDoor(router)
  if (entry === 'stream') return streamDoor(router)
  if (entry === 'ingest') return ingestDoor(router)
  if (entry === 'Python client') return pythonDoor(router, pythonPath)
  const json = routerDoor(router)
  return { send: (technique, steps) => json.send({ ...technique, entry: 'batch' }, steps) }
}

const headersOf = (router: TestRouter, user: string | undefined): Record<string, string> => ({
  authorization: `Bearer ${router.key}`,
  'x-dbsvc-company': 'company_abc',
  'x-request-id': 'attack',
  ...(user === undefined ? {} : { 'x-dbsvc-user': user }),
})

const written = (value: unknown): string =>
  JSON.stringify(value, (key, each) => (key === 'durationMs' ? 0 : typeof each === 'bigint' ? String(each) : each))

function connectDoor(router: TestRouter): Door {
  const client = createClient(QueryService, createConnectTransport({ baseUrl: router.url, httpVersion: '2' }))
  const ask = async (ask: () => Promise<{ rows: unknown[] } | { results: { rows: unknown[] }[] }>): Promise<Told> => {
    try {
      const answer = await ask()
      const rows = 'rows' in answer ? answer.rows : answer.results.at(-1)?.rows
      return { verdict: 'ok', bytes: written(answer), rowCount: rows?.length ?? 0 }
    } catch (thrown) {
      const error = ConnectError.from(thrown)
      const [detail] = error.findDetails(ErrorDetailSchema)
      const bytes = written([error.rawMessage, detail, [...error.metadata].filter(isTelling)])
      return { verdict: `${detail?.code} ${error.rawMessage}`, bytes, rowCount: 0 }
    }
  }
  return {
    async send({ entry, user }, steps) {
      const headers = headersOf(router, user)
      const texts = textsOf(steps)
      if (entry === 'batch')
        return { told: [await ask(() => client.batch({ statements: texts.map((sql) => ({ sql })) }, { headers }))] }
      const told: Told[] = []
      for (const sql of texts) {
        told.push(await ask(() => (entry === 'query' ? client.query : client.execute)({ sql }, { headers })))
      }
      return { told }
    },
  }
}

/** A response that is read row by row. */
function streamDoor(router: TestRouter): Door {
  const ask = async (sql: string, user: string | undefined): Promise<Told> => {
    const response = await fetch(`${router.url}/v1/query`, {
      method: 'POST',
      headers: { ...headersOf(router, user), 'content-type': 'application/json', accept: 'application/x-ndjson' },
      body: JSON.stringify({ sql }),
    })
    const bytes = withoutDuration(await response.text())
    const lines = bytes.trimEnd().split('\n')
    const { error } = JSON.parse(lines.at(-1)?.includes('"error"') === true ? (lines.at(-1) ?? '{}') : '{}') as {
      error?: { code: string; message: string }
    }
    return {
      verdict: error === undefined ? 'ok' : `${error.code} ${error.message}`,
      bytes,
      rowCount: error === undefined ? lines.length - 2 : 0,
    }
  }
  return {
    async send({ user }, steps) {
      const told: Told[] = []
      for (const sql of textsOf(steps)) told.push(await ask(sql, user))
      return { told }
    },
  }
}

/** A step is a request as JSON, or SQL for honest use. */
function ingestDoor(router: TestRouter): Door {
  const json = routerDoor(router)
  return {
    async send(technique, steps) {
      const [step = ''] = textsOf(steps)
      if (!step.startsWith('{')) return json.send({ ...technique, entry: 'execute' }, step)
      const { path, type, body } = JSON.parse(step) as { path: string; type: string; body: string }
      const response = await fetch(`${router.url}/v1/ingest/${path}`, {
        method: 'POST',
        headers: { ...headersOf(router, technique.user), 'content-type': type },
        body,
      })
      const bytes = withoutDuration(await response.text())
      const { error, inserted } = JSON.parse(bytes) as {
        error?: { code: string; message: string }
        inserted?: number
      }
      const verdict = error === undefined ? 'ok' : `${error.code} ${error.message}`
      return { told: [{ verdict, bytes, rowCount: inserted ?? 0 }] }
    },
  }
}

/** One process of Python for all attempts. */
function pythonDoor(router: TestRouter, pythonPath: string): Door {
  const process = spawn(engineFinding('python').program ?? '', [script], {
    env: { PYTHONPATH: pythonPath, DBSVC_TEST_HOST: `127.0.0.1:${router.port}`, DBSVC_API_KEY: router.key },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  afterAll(() => void process.kill())
  const answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
  return {
    async send({ entry, user }, steps) {
      process.stdin.write(`${JSON.stringify({ entry, user, texts: textsOf(steps) })}\n`)
      const { value, done } = await answers.next()
      if (done === true) throw new Error('the client for Python has ended')
      return { told: JSON.parse(value) as Told[] }
    },
  }
}
