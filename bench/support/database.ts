import { Client } from 'pg'

/** A database, and the superuser of its server. */
export interface Database {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export async function withClient<Result>(
  { host, port, user, password, database }: Database,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ host, port, user, password, database, ssl: false })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
