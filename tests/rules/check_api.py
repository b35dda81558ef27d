# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The introspected API keeps its forms, so that each language can have all of it."""

import xml.etree.ElementTree as ElementTree

import tap

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
FUNCTIONS = [CORE + name for name in ('function', 'method', 'constructor', 'virtual-method')]
SCOPES = {'async', 'notified', 'call'}


def introspectable(element):
    return element.get('introspectable') != '0'


def name_of(function):
    return function.get(C + 'identifier') or f'vfunc {function.get("name")}'


def parameters(function):
    found = function.find(CORE + 'parameters')
    return [] if found is None else found.findall(CORE + 'parameter')


def type_name(element):
    found = element.find(CORE + 'type')
    return None if found is None else found.get('name')


root = ElementTree.parse(tap.BUILDDIR / 'thrkit/Thr-1.gir').getroot()
namespace = root.find(CORE + 'namespace')
functions = [element for element in namespace.iter() if element.tag in FUNCTIONS and introspectable(element)]
callbacks = {element.get('name') for element in namespace.iter(CORE + 'callback')}
callbacks |= {'Gio.AsyncReadyCallback', 'GLib.Func', 'GObject.Callback'}
every = {element.get(C + 'identifier') for element in namespace.iter() if element.tag in FUNCTIONS}


def bare_pointers():
    for function in functions:
        if type_name(function.find(CORE + 'return-value')) in ('gpointer', 'gconstpointer'):
            yield f'{name_of(function)} returns a bare pointer'


def unpaired():
    for name in sorted(filter(None, every)):
        if name.endswith('_async') and name[:-6] + '_finish' not in every:
            yield f'{name} has no _finish'
        if name.endswith('_finish') and name[:-7] + '_async' not in every:
            yield f'{name} has no _async'


def unscoped():
    for function in functions:
        for parameter in parameters(function):
            if type_name(parameter) in callbacks and parameter.get('scope') not in SCOPES:
                yield f'{name_of(function)}: {parameter.get("name")} has no scope'


def other_times():
    for function in functions:
        for parameter in parameters(function):
            if parameter.get('name', '').startswith('timeout') and \
                    (parameter.get('name'), type_name(parameter)) != ('timeout_us', 'gint64'):
                yield f'{name_of(function)}: a time is gint64 timeout_us'


def unions():
    for element in namespace.findall(CORE + 'union'):
        yield element.get('name')


def public_fields():
    # A derivable class shows its parent instance and nothing else.
    for element in namespace.findall(CORE + 'class'):
        for field in element.findall(CORE + 'field'):
            if field.get('name') not in ('parent_instance', 'priv'):
                yield f'{element.get("name")}.{field.get("name")}'


def undocumented():
    for function in functions:
        for parameter in parameters(function):
            if parameter.find(CORE + 'doc') is None:
                yield f'{name_of(function)}: {parameter.get("name")}'
        returned = function.find(CORE + 'return-value')
        if type_name(returned) != 'none' and returned.find(CORE + 'doc') is None:
            yield f'{name_of(function)}: what it returns'


tap.check('each parameter and result is documented', undocumented())
tap.check('no function returns a bare pointer', bare_pointers())
tap.check('each _async has its _finish', unpaired())
tap.check('each callback parameter has a scope', unscoped())
tap.check('times are microseconds in a gint64', other_times())
tap.check('no unions', unions())
tap.check('no fields in instances', public_fields())
tap.done()
