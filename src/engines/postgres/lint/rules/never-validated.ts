import type { Rule } from '../rule.ts'

export const neverValidated: Rule = {
  id: 'never-validated',
  severity: 'warning',
  summary: 'A constraint was added as NOT VALID, and no migration validates it.',
  why: 'Rows from before may break it, so neither code nor the planner may rely on it.',
  mend: 'Write a migration: ALTER TABLE <table> VALIDATE CONSTRAINT <name>.',
  *scope(model) {
    for (const { name: table, constraints } of model.relations.values()) {
      for (const { name, valid, origin, at } of constraints) {
        if (!valid) yield { message: `no migration validates ${name} on ${table}`, origin, at }
      }
    }
  },
}
