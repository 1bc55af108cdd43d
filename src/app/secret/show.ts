import { DbsvcError } from '../../core/errors/error.ts'
import type { Project } from '../project.ts'

/** One secret in the clear. @throws DBS-1005 there is none of that name, DBS-1004 */
export async function showSecret({ secretStore, secrets }: Project, name: string): Promise<string> {
  const secret = await secretStore.read(name)
  if (secret === null) throw DbsvcError.of('DBS-1005', { name, directory: secrets })
  return secret
}
