import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmbeddedWeaviate } from '../../../src/embedded/weaviate/start.ts'
import { findProcess } from '../../../src/machine/process.ts'
import { describeEngine } from '../../support/engines.ts'
import { company, connectStore, weaviateProgram } from './weaviate-given.ts'

const start = fileURLToPath(new URL('../../../src/embedded/weaviate/start.ts', import.meta.url))

describeEngine('weaviate', 'the embedded Weaviate', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dbsvc-weaviate-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  test('asks for its key, keeps data and ports, and lets nobody in beside itself', async () => {
    const options = { program: weaviateProgram(), directory }
    const first = await startEmbeddedWeaviate(options)
    await expect(startEmbeddedWeaviate(options)).rejects.toMatchObject({ code: 'DBS-1703' })
    expect((await fetch(`${first.url}/v1/schema`)).status).toBe(401)
    expect((await stat(join(directory, 'weaviate', 'api-key'))).mode & 0o777).toBe(0o600)
    const store = await connectStore(first)
    await store.provision([company('company_kept')])
    await store.close()
    await first.stop()
    await first.stop()
    const second = await startEmbeddedWeaviate(options)
    expect([second.url, second.apiKey]).toEqual([first.url, first.apiKey])
    const again = await connectStore(second)
    expect(await again.listCompanies()).toEqual(['company_kept'])
    await again.close()
    await second.stop()
    expect(await findProcess(second.pid)).toBeNull()
  })

  test('ends when the process that started it is killed', async () => {
    const code = `const { startEmbeddedWeaviate } = await import(${JSON.stringify(start)})
      const server = await startEmbeddedWeaviate(${JSON.stringify({ program: weaviateProgram(), directory })})
      console.log(server.pid)
      setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [chunk] = await once(parent.stdout, 'data')
    const pid = Number(String(chunk))
    expect(await findProcess(pid)).not.toBeNull()
    parent.kill('SIGKILL')
    await expect.poll(() => findProcess(pid), { timeout: 15_000 }).toBeNull()
  })

  test('tells the end of the log of one that does not come up', async () => {
    const program = join(directory, 'broken')
    await writeFile(program, '#!/bin/sh\necho no room for vectors >&2\nexit 3\n', { mode: 0o755 })
    await expect(startEmbeddedWeaviate({ program, directory })).rejects.toMatchObject({
      code: 'DBS-1101',
      message: expect.stringContaining('no room for vectors'),
    })
    await expect(startEmbeddedWeaviate({ program: join(directory, 'none'), directory })).rejects.toMatchObject({
      code: 'DBS-1101',
    })
    expect(await readFile(join(directory, 'weaviate', 'log'), 'utf8')).toContain('no room for vectors')
    const aborted = startEmbeddedWeaviate({ program: weaviateProgram(), directory, signal: AbortSignal.timeout(300) })
    await expect(aborted).rejects.toMatchObject({ code: 'DBS-1904' })
  })
})
