"""From accelerators to switches, cables, transceivers, watts and dollars.

`leaf_spine` counts switches, `network` checks its input and names what it returns, `parts` reads
power and price of a module from data/.
"""

from rebuilt.fabric.network import Fabric, Plan, design

__all__ = ["Fabric", "Plan", "design"]
