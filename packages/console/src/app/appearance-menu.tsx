// The menu in which a person chooses the colours (light, dark, or as in the system) and the height of table rows.
import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { IconBaselineDensityMedium, IconBaselineDensitySmall } from '@tabler/icons-react'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { t } from '../strings.ts'
import { DENSITIES, type Density, useDensity } from './density.ts'

const SCHEMES = ['light', 'dark', 'auto'] as const
const SCHEME_ICONS = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }
const DENSITY_ICONS = { comfortable: IconBaselineDensityMedium, compact: IconBaselineDensitySmall }

export function AppearanceMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [density, setDensity] = useDensity()
  const Current = SCHEME_ICONS[colorScheme]
  const words = t.shell.appearance
  return (
    <Menu position="bottom-end" width={200} withinPortal withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon aria-label={words.title}>
          <Current size={18} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={words.title}>
        <Menu.Label>{words.scheme}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}>
          {SCHEMES.map((scheme) => (
            <Choice key={scheme} value={scheme} label={words.schemes[scheme]} icon={SCHEME_ICONS[scheme]} />
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{words.density}</Menu.Label>
        <Menu.RadioGroup value={density} onChange={(chosen) => setDensity(chosen as Density)}>
          {DENSITIES.map((each) => (
            <Choice key={each} value={each} label={words.densities[each]} icon={DENSITY_ICONS[each]} />
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

interface ChoiceProps {
  readonly value: string
  readonly label: string
  readonly icon: typeof IconSun
}

function Choice({ value, label, icon: Icon }: ChoiceProps) {
  return (
    <Menu.RadioItem value={value}>
      <span className="menu-choice">
        <Icon size={16} stroke={1.75} aria-hidden />
        {label}
      </span>
    </Menu.RadioItem>
  )
}
