// The entry point of the console.
import './app/fonts.css'
import './app/mantine.css'
import './app/console.css'
import './components/row-cards.css'
import './pages/integrations/list.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyDensity, keptDensity } from './app/density.ts'
import { Notices } from './app/notices.tsx'
import { createQueryClient } from './app/query-client.ts'
import { createConsoleRouter } from './app/router.tsx'
import { styleNonce } from './app/style-nonce.ts'
import { cssVariables, theme } from './app/theme.ts'

const queryClient = createQueryClient()
const router = createConsoleRouter()
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element to show the console in.')

applyDensity(keptDensity())
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Notices />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
