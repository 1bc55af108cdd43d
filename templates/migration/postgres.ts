import type { MigrationBuilder } from 'node-pg-migrate'

export const up = (pgm: MigrationBuilder): void => {}

export const down = (pgm: MigrationBuilder): void => {}
