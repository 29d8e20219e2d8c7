"""pack: a value of JSON's kinds with each part of it written once, and small
numbers in the place of what comes again. page/data.js reads it.

A matrix with probes and options says the same few thousand words, rows and
reasons some hundred thousand times.

{"atoms":  texts, numbers, true, false, null;
 "shapes": the lists of names that objects have;
 "nodes":  [shape, part…] of an object, [-1, part…] of a list;
 "root":   a part}
A part is a number: an atom's place, or the number of atoms and a node's place.
"""
import collections


class Packer:
    """Gives a number to each part that differs from all others."""

    def __init__(self):
        self.atoms, self.shapes, self.nodes = {}, {}, {}
        self.uses = collections.Counter()

    def add(self, value):
        """The value's identity: ("atom" or "node", number)."""
        if isinstance(value, dict):
            shape = self.shapes.setdefault(tuple(value), len(self.shapes))
            content = (shape, *map(self.add, value.values()))
        elif isinstance(value, (list, tuple)):
            content = (-1, *map(self.add, value))
        else:
            # True is equal to 1, and is something else.
            content = (type(value), value)
            place = self.atoms.setdefault(content, len(self.atoms))
            self.uses["atom", place] += 1
            return "atom", place
        place = self.nodes.setdefault(content, len(self.nodes))
        self.uses["node", place] += 1
        return "node", place


def pack(value):
    packer = Packer()
    root = packer.add(value)
    # What is used most has the shortest number.
    order = {kind: sorted(range(len(those)),
                          key=lambda place, kind=kind:
                          -packer.uses[kind, place])
             for kind, those in (("atom", packer.atoms),
                                 ("node", packer.nodes))}
    number = {("atom", old): new for new, old in enumerate(order["atom"])}
    number.update({("node", old): new + len(packer.atoms)
                   for new, old in enumerate(order["node"])})
    atoms, nodes = list(packer.atoms), list(packer.nodes)
    return {
        "atoms": [atoms[old][1] for old in order["atom"]],
        "shapes": [list(shape) for shape in packer.shapes],
        "nodes": [[nodes[old][0], *(number[part] for part in nodes[old][1:])]
                  for old in order["node"]],
        "root": number[root]}


def unpack(packed):
    """The value again; what page/data.js does."""
    atoms, nodes = packed["atoms"], packed["nodes"]

    def value(part):
        if part < len(atoms):
            return atoms[part]
        shape, *parts = nodes[part - len(atoms)]
        if shape < 0:
            return [value(one) for one in parts]
        return dict(zip(packed["shapes"][shape], map(value, parts)))
    return value(packed["root"])
