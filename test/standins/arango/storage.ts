import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Arango } from './arango.ts'
import { Collection, type CollectionProperties } from './collection.ts'
import type { Analyzer, Database, View } from './database.ts'
import type { Graph } from './graph.ts'
import type { Index } from './index.ts'
import type { Document } from './json.ts'
import type { AccessLevel } from './user.ts'

interface StoredDatabase {
  readonly name: string
  readonly id: string
  readonly collections: readonly {
    readonly properties: CollectionProperties
    readonly indexes: readonly Index[]
    readonly documents: readonly Document[]
  }[]
  readonly graphs: readonly Graph[]
  readonly views: readonly View[]
  readonly analyzers: readonly Analyzer[]
}

interface StoredServer {
  readonly lastId: number
  /** In base64. */
  readonly tokenSecret: string
  readonly users: readonly {
    readonly name: string
    readonly password: string
    readonly active: boolean
    readonly extra: Record<string, unknown>
    readonly grants: readonly (readonly [string, AccessLevel])[]
    readonly collections: readonly (readonly [string, readonly (readonly [string, AccessLevel])[]])[]
  }[]
}

const serverFile = 'server.json'
const databaseFile = /^database-(.+)\.json$/

/**
 * A folder that holds what a server was told, so that it has it after it was killed. Each file is replaced as a whole: a request
 * that was answered is in it, one that was not may be.
 */
export class Storage {
  private readonly directory: string
  private readonly written = new Map<string, string>()

  constructor(directory: string) {
    this.directory = directory
    mkdirSync(directory, { recursive: true })
  }

  /** What a change of this database, or of the server itself, may have touched. */
  save(server: Arango, databaseName: string): void {
    this.write(serverFile, JSON.stringify(storedServer(server)))
    for (const name of new Set([databaseName, ...server.databases.keys()])) {
      const database = server.databases.get(name)
      const file = `database-${name}.json`
      if (database !== undefined && (name === databaseName || !this.written.has(file)))
        this.write(file, JSON.stringify(storedDatabase(database)))
    }
    for (const file of this.written.keys()) {
      const name = databaseFile.exec(file)?.[1]
      if (name === undefined || server.databases.has(name)) continue
      rmSync(join(this.directory, file), { force: true })
      this.written.delete(file)
    }
  }

  load(server: Arango): void {
    const files = readdirSync(this.directory)
    if (!files.includes(serverFile)) return
    for (const file of files.filter((name) => databaseFile.test(name))) {
      restoreDatabase(server, JSON.parse(this.read(file)) as StoredDatabase)
    }
    restoreServer(server, JSON.parse(this.read(serverFile)) as StoredServer)
  }

  private read(file: string): string {
    const text = readFileSync(join(this.directory, file), 'utf8')
    this.written.set(file, text)
    return text
  }

  private write(file: string, text: string): void {
    if (this.written.get(file) === text) return
    const path = join(this.directory, file)
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
    this.written.set(file, text)
  }
}

function storedServer({ lastId, tokenSecret, users }: Arango): StoredServer {
  return {
    lastId,
    tokenSecret: tokenSecret.toString('base64'),
    users: [...users.values()].map(({ grants, collections, ...user }) => ({
      ...user,
      grants: [...grants],
      collections: [...collections].map(([database, levels]) => [database, [...levels]] as const),
    })),
  }
}

function storedDatabase({ name, id, collections, graphs, views, analyzers }: Database): StoredDatabase {
  return {
    name,
    id,
    collections: [...collections.values()].map((collection) => ({
      properties: collection.properties,
      indexes: collection.indexes,
      documents: collection.all(),
    })),
    graphs: [...graphs.values()],
    views: [...views.values()],
    analyzers: [...analyzers.values()],
  }
}

function restoreServer(server: Arango, { lastId, tokenSecret, users }: StoredServer): void {
  server.lastId = Math.max(server.lastId, lastId)
  server.tokenSecret = Buffer.from(tokenSecret, 'base64')
  server.users.clear()
  for (const { name, grants, collections, ...user } of users) {
    const levels = collections.map(([database, ofDatabase]) => [database, new Map(ofDatabase)] as const)
    server.users.set(name, { name, ...user, grants: new Map(grants), collections: new Map(levels) })
  }
}

function restoreDatabase(server: Arango, stored: StoredDatabase): void {
  const database = server.createDatabase(stored.name, stored.id)
  for (const { properties, indexes, documents } of stored.collections) {
    const collection = new Collection(properties, indexes)
    for (const document of documents) collection.set(document._key, document)
    database.collections.set(properties.name, collection)
  }
  for (const graph of stored.graphs) database.graphs.set(graph.name, graph)
  for (const view of stored.views) database.views.set(view.name, view)
  for (const analyzer of stored.analyzers) database.analyzers.set(analyzer.name, analyzer)
}
