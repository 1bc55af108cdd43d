/** A PostgreSQL server for tests, and its superuser. */
export interface TestServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}
