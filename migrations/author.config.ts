// How Prisma's CLI (the npm devDependency migrate-cli) reads the schema when a migration is written.
// It talks to the server through the JavaScript adapter, so that no schema engine is downloaded.
// Only people who write migrations need this file; migrate.py applies them without npm.
import { PrismaPg } from 'migrate-adapter'
import { defineConfig } from 'migrate-cli/config'

// authoring.py hands the address over as fields; by hand, DATABASE_URL will do.
const server = process.env.MIGRATE_SERVER
  ? JSON.parse(process.env.MIGRATE_SERVER)
  : { connectionString: process.env.DATABASE_URL }

export default defineConfig({
  schema: '../schema.prisma',
  migrations: { path: '.' },
  experimental: { adapter: true },
  engine: 'js',
  // Without the short idle timeout every call would wait ten seconds for its own connections.
  adapter: async () => new PrismaPg({ ...server, idleTimeoutMillis: 50 }),
})
