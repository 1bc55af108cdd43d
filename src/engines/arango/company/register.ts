import { z } from 'zod'
import type { ArangoDatabase } from '../connection/database.ts'
import { anyAnswer } from '../connection/database.ts'
import { isRefusal } from '../connection/failure.ts'
import type { ArangoServer } from '../connection/server.ts'
import { apiPath, registerCollection, sharedDatabase } from '../names.ts'
import { queryAll } from '../query.ts'
import { createDatabase } from './create-database.ts'

const duplicateName = 1207
const uniqueViolated = 1210
const documents = apiPath`/_api/document/${registerCollection}`

/**
 * Says which databases and users named `tenant_…` are dbsvc's own. ArangoDB keeps no owner of a database, and what a company may
 * write, such as its user's `extra`, proves nothing: so dbsvc notes each one before it makes it, where no company can write.
 */
export class CompanyRegister {
  private readonly server: ArangoServer
  private readonly database: ArangoDatabase
  private ready: Promise<void> | null = null

  constructor(server: ArangoServer) {
    this.server = server
    this.database = server.database(sharedDatabase)
  }

  /** Makes the database of the shared scope with the register in it, where they are not there. */
  async prepare(): Promise<void> {
    this.ready ??= this.create().catch((error: unknown) => {
      this.ready = null
      throw error
    })
    return this.ready
  }

  async has(company: string): Promise<boolean> {
    const path = apiPath`/_api/document/${registerCollection}/${company}`
    return (await this.database.find({ path }, anyAnswer)) !== null
  }

  /** Notes a company, before anything of it is made. One that is there stays. */
  async add(company: string): Promise<void> {
    await this.prepare()
    try {
      await this.database.send(
        { method: 'POST', path: documents, query: { waitForSync: true }, body: { _key: company } },
        anyAnswer,
      )
    } catch (error) {
      if (!isRefusal(error, uniqueViolated)) throw error
    }
  }

  /** Forgets a company, after everything of it is gone. */
  async remove(company: string): Promise<void> {
    const path = apiPath`/_api/document/${registerCollection}/${company}`
    await this.database.find({ method: 'DELETE', path, query: { waitForSync: true } }, anyAnswer)
  }

  /** In alphabetical order; none where nothing was ever made. */
  async list(): Promise<string[]> {
    const path = apiPath`/_api/collection/${registerCollection}`
    if ((await this.database.find({ path }, anyAnswer)) === null) return []
    return queryAll(this.database, 'FOR c IN @@register SORT c._key RETURN c._key', z.string(), {
      '@register': registerCollection,
    })
  }

  private async create(): Promise<void> {
    await createDatabase(this.server, sharedDatabase, [])
    try {
      await this.database.send(
        { method: 'POST', path: '/_api/collection', body: { name: registerCollection, waitForSync: true } },
        anyAnswer,
      )
    } catch (error) {
      if (!isRefusal(error, duplicateName)) throw error
    }
  }
}
