import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { shippedMigrations } from '../project.ts'

/** A tenant migration as a careful author without dbsvc writes it. */
export interface HandWritten {
  /** Of its file, such as 0001_users.sql. */
  readonly file: string
  /** The shipped file's way up. */
  readonly schema: string
  /** The row security that dbsvc adds by itself, written out; `:company` stands for the company's id as a literal. */
  readonly protection: string
}

/** Rolled out over the companies once they have the shipped migrations. */
export const oneMore = {
  file: '9000_users_phone.sql',
  schema: `alter table users add column phone varchar(32) check (phone <> '');\ncreate index users_phone on users (phone);`,
  protection: '',
} satisfies HandWritten

export async function readHandWritten(): Promise<HandWritten[]> {
  const folder = join(shippedMigrations, 'postgres', 'tenant')
  const files = (await readdir(folder)).toSorted()
  return Promise.all(
    files.map(async (file) => ({
      file,
      schema: wayUp(await readFile(join(folder, file), 'utf8')),
      protection: await readFile(new URL(`protection/${file}`, import.meta.url), 'utf8'),
    })),
  )
}

/** Everything a company has before its first table; run by dbsvc_owner. */
export function placeSql(company: string): string {
  const schema = `tenant_${company}`
  return [
    `create schema ${schema};`,
    `grant usage on schema ${schema} to database_service_role;`,
    `alter default privileges in schema ${schema} grant select, insert, update, delete on tables to database_service_role;`,
  ].join('\n')
}

function wayUp(text: string): string {
  const [up = ''] = text.split(/^-- Down Migration.*$/m)
  return up.replace(/^-- Up Migration.*\n/m, '')
}
