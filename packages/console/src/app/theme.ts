// The theme of the console: Mantine's, with colours whose contrast meets WCAG 2.2 AA in both schemes.
import { type CSSVariablesResolver, createTheme } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'blue',
  // Shade 9 is the first on which white text has 4.5:1 for each colour that a button takes.
  primaryShade: 9,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { sizes: { h1: { fontSize: '1.625rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } } },
  components: {
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: false } } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } } },
    ActionIcon: { defaultProps: { size: 32, variant: 'subtle', color: 'gray' } },
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#495057',
    '--mantine-color-placeholder': '#5c6570',
    '--mantine-color-anchor': '#1864ab',
    '--mantine-color-error': '#a51111',
    '--mantine-color-gray-light-color': '#343a40',
    '--mantine-color-blue-light-color': '#1864ab',
  },
  dark: {
    '--mantine-color-dimmed': '#b8b8b8',
    '--mantine-color-placeholder': '#a6a6a6',
    '--mantine-color-anchor': '#74c0fc',
    '--mantine-color-error': '#ffa8a8',
    '--mantine-color-gray-light-color': '#dee2e6',
    '--mantine-color-blue-light-color': '#74c0fc',
  },
})
