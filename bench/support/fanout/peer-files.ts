import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type HandWritten, oneMore } from './company-sql.ts'

/** What peers are told to call their own table in each company's schema. */
export const peerTable = 'pgmigrations'

export interface PeerFolders {
  /** The shipped migrations. */
  readonly before: string
  /** One more. */
  readonly after: string
}

/** The text of a file from its statements; the second is one statement, or empty. */
export type Render = (schema: string, protection: string) => string

export async function writePeerFolders(
  directory: string,
  shipped: readonly HandWritten[],
  render: Render,
): Promise<PeerFolders> {
  const folders = { before: join(directory, 'before'), after: join(directory, 'after') }
  const write = async (folder: string, migrations: readonly HandWritten[]): Promise<void> => {
    await mkdir(folder, { recursive: true })
    for (const { file, schema, protection } of migrations) {
      await writeFile(join(folder, file), render(schema, protection === '' ? '' : forWhicheverCompany(protection)))
    }
  }
  await write(folders.before, shipped)
  await write(folders.after, [...shipped, oneMore])
  return folders
}

/** One file serves all companies, so a policy that names the company takes its name from the schema. */
function forWhicheverCompany(protection: string): string {
  return `do $do$ begin
  execute replace($sql$\n${protection}$sql$, ':company', quote_literal(substr(current_schema(), length('tenant_') + 1)));
end $do$;\n`
}
