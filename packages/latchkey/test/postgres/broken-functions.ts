// Databases whose functions differ from the store's own in one sentence.
import { execute } from './databases.ts'

/**
 * Puts `by` in the place of the one sentence of this function that matches. Throws when there is none, or more than one:
 * what is tried then would be the store as it is.
 */
export async function changeSentence(url: string, name: string, sentence: RegExp, by: string): Promise<void> {
  const [row] = await execute(url, `SELECT pg_get_functiondef('${name}'::regproc) AS text`)
  const parts = String(row?.['text']).split(sentence)
  if (parts.length !== 2) throw new Error(`${name} has ${String(parts.length - 1)} sentences like ${String(sentence)}`)
  await execute(url, parts.join(by))
}

/** Each update of a slot is carried out as a trigger of this body says, instead or before. */
export async function onUpdateOfSlot(url: string, body: string): Promise<void> {
  await execute(
    url,
    `CREATE FUNCTION broken_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE TRIGGER broken_update BEFORE UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION broken_update()`,
  )
}
