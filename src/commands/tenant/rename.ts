import { DbsvcError } from '../../core/errors/error.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], object>(
  (rename) => {
    rename.argument('<company>', 'company id').argument('[new]', 'its new id')
    examples(rename, ['dbsvc tenant rename company_abc company_xyz'])
  },
  async (_context, [company]) => {
    throw DbsvcError.of('DBS-1212', {
      company,
      command: 'renamed',
      reason: 'its id stands in schemas, roles, policies and rows of shared tables, and in whatever services keep',
      instead: `dbsvc tenant set ${company} --name '…', which is what people see`,
    })
  },
)
