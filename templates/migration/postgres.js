/** @param pgm {import('node-pg-migrate').MigrationBuilder} */
export const up = (pgm) => {}

/** @param pgm {import('node-pg-migrate').MigrationBuilder} */
export const down = (pgm) => {}
