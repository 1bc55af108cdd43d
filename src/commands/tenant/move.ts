import { DbsvcError } from '../../core/errors/error.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], object>(
  (move) => {
    move.argument('<company>', 'company id').argument('[cluster]', 'where to')
    examples(move, ['dbsvc tenant move company_abc other_cluster'])
  },
  async (_context, [company]) => {
    throw DbsvcError.of('DBS-1212', {
      company,
      command: 'moved',
      reason: 'a configuration has one cluster, and nothing keeps track of which company is on which',
      instead:
        'dump its schema, and its rows of shared tables, and restore them into a company made with the other configuration',
    })
  },
)
