// Databases whose SQL functions differ from the store's own in one statement.
import { execute } from './databases.ts'

/**
 * Replaces the only piece of the SQL function `name` that matches `sentence`. Throws unless exactly one piece matches,
 * so that no test runs on an unchanged function.
 */
export async function changeSentence(url: string, name: string, sentence: RegExp, by: string): Promise<void> {
  const [row] = await execute(url, `SELECT pg_get_functiondef('${name}'::regproc) AS text`)
  const parts = String(row?.['text']).split(sentence)
  if (parts.length !== 2) throw new Error(`${name} has ${String(parts.length - 1)} sentences like ${String(sentence)}`)
  await execute(url, parts.join(by))
}

/** Adds a trigger with this body before each update of a slot. */
export async function onUpdateOfSlot(url: string, body: string): Promise<void> {
  await execute(
    url,
    `CREATE FUNCTION broken_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE TRIGGER broken_update BEFORE UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION broken_update()`,
  )
}
