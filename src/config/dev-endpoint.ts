import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const settings = z.record(z.string(), z.string())

/** What the other engines of a `dbsvc dev` set in their sections of the configuration. */
const stores = z.strictObject({
  clickhouse: settings.optional(),
  dragonfly: settings.optional(),
  weaviate: settings.optional(),
})

export type DevStores = z.output<typeof stores>

const endpoint = z.object({
  /** Of the `dbsvc dev` that wrote it. */
  pid: z.int().positive(),
  host: z.string(),
  port: z.int(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
  stores: stores.default({}),
})

/** How to reach the engines of the `dbsvc dev` that runs in a folder. */
export type DevEndpoint = z.output<typeof endpoint>

const fileIn = (directory: string): string => join(directory, 'endpoint.json')

/** Secrets of the development cluster, apart from those of real ones. */
export const devSecretsIn = (directory: string): string => join(directory, 'dev-secrets')

/** Lets other commands in the same project find the server; mode 0600, since the password is in it. */
export async function writeDevEndpoint(directory: string, value: DevEndpoint): Promise<void> {
  await mkdir(directory, { recursive: true })
  const draft = `${fileIn(directory)}.${process.pid}`
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 })
  await rename(draft, fileIn(directory))
}

export async function removeDevEndpoint(directory: string): Promise<void> {
  await rm(fileIn(directory), { force: true })
}

/** The endpoint in `directory`, or null where none runs; a file that a killed `dbsvc dev` left behind counts for nothing. */
export async function readDevEndpoint(directory: string): Promise<DevEndpoint | null> {
  const text = await readFile(fileIn(directory), 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = endpoint.safeParse(parseJson(text))
  return parsed.success && isRunning(parsed.data.pid) ? parsed.data : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
