// The snippets that get a token for an integration, each complete and ready to run.
import { inDoubleQuotes, inEnvFile, inJavaScript, inShell, inYaml } from './quoting.ts'

export interface SnippetFacts {
  readonly tokenEndpoint: string
  readonly clientId: string
  /** Undefined while the secret is not on the screen. */
  readonly clientSecret: string | undefined
  readonly scope: string
}

export interface Snippet {
  readonly id: 'curl' | 'node' | 'python' | 'go' | 'agent' | 'env'
  readonly label: string
  readonly code: string
}

/** The placeholder for the secret. */
export const SECRET_PLACEHOLDER = '<client secret>'

const tokenUrl = ({ tokenEndpoint, scope }: SnippetFacts): string =>
  `${tokenEndpoint}?scope=${encodeURIComponent(scope)}&grant_type=client_credentials`

/** The lines that set the client ID and the secret as shell variables. */
export const shellVariables = ({ clientId, clientSecret = SECRET_PLACEHOLDER }: SnippetFacts): string =>
  `CLIENT_ID=${inShell(clientId)}\nCLIENT_SECRET=${inShell(clientSecret)}`

/** The same text as step 2 of docs/authentication-api.md. */
export const BASE64_COMMAND = 'echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64'

/** The same text as step 3 of docs/authentication-api.md. */
export const curlCommand = (facts: SnippetFacts): string => `curl --request POST \\
  --url ${inShell(tokenUrl(facts))} \\
  --header 'Accept: application/json' \\
  --header "Authorization: Basic $(echo -n "$CLIENT_ID:$CLIENT_SECRET" | base64)" \\
  --header 'Cache-Control: no-cache' \\
  --header 'Content-Type: application/x-www-form-urlencoded'`

export const envFile = (facts: SnippetFacts): string => {
  const { clientId, clientSecret = SECRET_PLACEHOLDER, tokenEndpoint, scope } = facts
  const values = { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret, TOKEN_ENDPOINT: tokenEndpoint, SCOPE: scope }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${inEnvFile(value)}\n`)
    .join('')
}

const node = (
  facts: SnippetFacts,
): string => `// CLIENT_ID and CLIENT_SECRET are in the environment: node --env-file=.env token.mjs
const { CLIENT_ID, CLIENT_SECRET } = process.env
const response = await fetch(${inJavaScript(facts.tokenEndpoint)}, {
  method: 'POST',
  headers: { authorization: \`Basic \${btoa(\`\${CLIENT_ID}:\${CLIENT_SECRET}\`)}\` },
  body: new URLSearchParams({ grant_type: 'client_credentials', scope: ${inJavaScript(facts.scope)} }),
})
const answer = await response.json()
if (!response.ok) throw new Error(\`\${answer.error}: \${answer.error_description}\`)
// Keep it, and use it until shortly before expires_in is over: asking again ends it.
console.log(answer.access_token)
`

const python = (facts: SnippetFacts): string => `# CLIENT_ID and CLIENT_SECRET are in the environment.
import base64, json, os, urllib.parse, urllib.request

credentials = f"{os.environ['CLIENT_ID']}:{os.environ['CLIENT_SECRET']}"
request = urllib.request.Request(
    ${inDoubleQuotes(facts.tokenEndpoint)},
    data=urllib.parse.urlencode({"grant_type": "client_credentials", "scope": ${inDoubleQuotes(facts.scope)}}).encode(),
    headers={"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()},
)
with urllib.request.urlopen(request) as response:
    answer = json.load(response)
# Keep it, and use it until shortly before expires_in is over: asking again ends it.
print(answer["access_token"])
`

const go = (facts: SnippetFacts): string => `// CLIENT_ID and CLIENT_SECRET are in the environment.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
)

func main() {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {${inDoubleQuotes(facts.scope)}}}
	request, err := http.NewRequest("POST", ${inDoubleQuotes(facts.tokenEndpoint)}, strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(err)
	}
	request.SetBasicAuth(os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string \`json:"access_token"\`
		Description string \`json:"error_description"\`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		log.Fatal(answer.Description)
	}
	// Keep it, and use it until shortly before expires_in is over: asking again ends it.
	fmt.Println(answer.AccessToken)
}
`

// docs/client.md describes the package.
const agent = (facts: SnippetFacts): string => {
  const { tokenEndpoint, clientId, clientSecret = SECRET_PLACEHOLDER, scope } = facts
  return `# One daemon keeps the token for all programs on this machine, in any language.
mkdir -p -m 700 latchkey-agent
(umask 077 && printf '%s\\n' ${inShell(clientSecret)} > latchkey-agent/secret)
cat > latchkey-agent/agent.yaml <<'END'
socket: latchkey-agent/agent.sock
integrations:
  - name: default
    token_url: ${inYaml(tokenEndpoint)}
    client_id: ${inYaml(clientId)}
    client_secret_file: latchkey-agent/secret
    scopes: [${inYaml(scope)}]
END
latchkey agent --config latchkey-agent/agent.yaml &

# Ask before each request, and do not keep the answer:
curl --silent --retry 20 --retry-all-errors --unix-socket latchkey-agent/agent.sock \\
  ${inShell(`http://agent/token?scope=${encodeURIComponent(scope)}`)}
`
}

export function snippetsOf(facts: SnippetFacts): readonly Snippet[] {
  const curl = `${shellVariables(facts)}\n\n# The value of the Authorization header, after the word Basic:\n${BASE64_COMMAND}\n\n${curlCommand(facts)}\n`
  return [
    { id: 'curl', label: 'curl', code: curl },
    { id: 'node', label: 'Node', code: node(facts) },
    { id: 'python', label: 'Python', code: python(facts) },
    { id: 'go', label: 'Go', code: go(facts) },
    { id: 'agent', label: 'Agent', code: agent(facts) },
    { id: 'env', label: '.env', code: envFile(facts) },
  ]
}
