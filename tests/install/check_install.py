# SPDX-FileCopyrightText: 2026 The thrkit authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installs into a private prefix and uses it from there, as an outsider does.

Its environment: THR_SRCDIR, THR_CC, and, where there are such, THR_MESON,
THR_PYTHON, THR_GJS, THR_INTROSPECTION, THR_PYTHON_EXTENSION_BUILT.
"""

import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SRCDIR = pathlib.Path(os.environ['THR_SRCDIR'])
HERE = SRCDIR / 'tests/install'
INTROSPECTION = os.environ['THR_INTROSPECTION'] == 'enabled'
EXTENSION = os.environ['THR_PYTHON_EXTENSION_BUILT'] == 'yes'

count = 0
failed = 0


def result(name, problem=None, skip=None):
    global count, failed
    count += 1
    if problem:
        failed += 1
    print(f"{'not ok' if problem else 'ok'} {count} - {name}" + (f' # SKIP {skip}' if skip else ''),
          flush=True)
    if problem:
        print(f'{name}: {problem[-3000:]}', file=sys.stderr, flush=True)


def outsider(**variables):
    """An environment that knows nothing of the build."""
    env = {key: value for key, value in os.environ.items()
           if key not in ('LD_LIBRARY_PATH', 'GI_TYPELIB_PATH', 'PYTHONPATH', 'GJS_PATH',
                          'PKG_CONFIG_PATH', 'XDG_DATA_DIRS', 'DESTDIR')}
    env.update(G_DEBUG='fatal-warnings', PYTHONDONTWRITEBYTECODE='1')
    env.update({key: str(value) for key, value in variables.items()})
    return env


def run(command, env=None, expect=''):
    """What went wrong, or None."""
    done = subprocess.run([str(word) for word in command], env=env or outsider(), text=True, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        return f'{command[0]}: exit status {done.returncode}\n{done.stdout}'
    if expect not in done.stdout:
        return f'{command[0]}: no {expect!r} in: {done.stdout}'
    return None


def build(scratch, prefix):
    # The features that the tests look at; the rest only costs time.
    meson = shlex.split(os.environ['THR_MESON'])
    features = os.environ['THR_INTROSPECTION']
    return run([*meson, 'setup', scratch / 'build', SRCDIR, f'--prefix={prefix}', '--libdir=lib',
                f'-Dintrospection={features}', '-Dvapi=auto', '-Ddocs=disabled', '-Dtests=disabled',
                '-Dexamples=disabled', '--buildtype=debug']) or \
        run([*meson, 'install', '-C', scratch / 'build'])


def tree(prefix):
    wanted = ['lib/libthrkit-1.so', 'lib/libthrkit-1.so.0', 'lib/pkgconfig/thrkit-1.pc',
              'include/thrkit-1/thrkit/thrkit.h', 'include/thrkit-1/thrkit/base/thr-version.h']
    if INTROSPECTION:
        wanted += ['lib/girepository-1.0/Thr-1.typelib', 'share/gir-1.0/Thr-1.gir']
    if shutil.which('msgfmt'):
        wanted += ['share/locale/de/LC_MESSAGES/thrkit-1.mo']
    for name in wanted:
        yield name, None if (prefix / name).exists() else 'not installed'
    private = [str(path) for path in prefix.rglob('*') if 'private' in path.name]
    yield 'nothing private', '\n'.join(private)
    leftovers = [str(path) for path in prefix.rglob('*') if path.suffix in ('.c', '.a', '.build')]
    yield 'nothing of the build', '\n'.join(leftovers)


def pkg_config(prefix, *arguments):
    return subprocess.run(['pkg-config', *arguments, 'thrkit-1'], text=True, check=True,
                          env=outsider(PKG_CONFIG_PATH=prefix / 'lib/pkgconfig'),
                          stdout=subprocess.PIPE).stdout.split()


def c_program(scratch, prefix, *standard, name='program', expect='thrkit 0.'):
    program = scratch / name
    flags = pkg_config(prefix, '--cflags', '--libs')
    return run([*shlex.split(os.environ['THR_CC']), *standard, '-Wall', '-Wextra', '-Werror',
                '-Wno-unused-parameter', '-o', program, HERE / f'{name}.c', *flags]) or \
        run([program], outsider(LD_LIBRARY_PATH=prefix / 'lib'), expect)


def vala_program(scratch, prefix):
    # What valac makes is full of warnings of the C compiler, none of them ours.
    program = scratch / 'vala-program'
    return run(['valac', f'--vapidir={prefix}/share/vala/vapi', '--pkg=thrkit-1', '-X', '-w',
                '-o', program, HERE / 'program.vala'],
               outsider(PKG_CONFIG_PATH=prefix / 'lib/pkgconfig')) or \
        run([program], outsider(LD_LIBRARY_PATH=prefix / 'lib'), 'thrkit from Vala')


def bindings(prefix):
    found = {'GI_TYPELIB_PATH': prefix / 'lib/girepository-1.0', 'LD_LIBRARY_PATH': prefix / 'lib'}
    python, gjs = os.environ.get('THR_PYTHON'), os.environ.get('THR_GJS')

    if python:
        result('Python, with the two paths only',
               run([python, HERE / 'program.py', 'raw'], outsider(**found), 'thrkit from Python'))
        overrides = list(prefix.rglob('gi/overrides/Thr.py'))
        if overrides:
            env = outsider(**found, PYTHONPATH=overrides[0].parents[2])
            result('Python, with the overrides',
                   run([python, HERE / 'program.py', 'overrides'], env, 'thrkit from Python'))
            if EXTENSION:
                result('Python, with the fast methods',
                       run([python, HERE / 'program.py', 'fast'], env, 'thrkit from Python'))
            env['THR_PYTHON_EXTENSION'] = 'no'
            result('Python, without the fast methods',
                   run([python, HERE / 'program.py', 'pure'], env, 'thrkit from Python'))
    if gjs:
        result('GJS, with the two paths only',
               run([gjs, '-m', HERE / 'program.js'], outsider(**found), 'thrkit from JavaScript'))
        result('each feature in GJS, without the overrides',
               run([gjs, '-m', HERE / 'features.js', 'raw'], outsider(**found), 'all features'))
        if (prefix / 'share/gjs-1.0/overrides/Thr.js').exists():
            env = outsider(**found, XDG_DATA_DIRS=f'{prefix}/share:/usr/local/share:/usr/share')
            result('GJS, with the overrides',
                   run([gjs, '-m', HERE / 'program.js'], env, 'thrkit from JavaScript'))
            result('each feature in GJS, with the overrides',
                   run([gjs, '-m', HERE / 'features.js', 'overrides'], env, 'all features'))


def readme_block(scratch, language, suffix):
    """The example of a language as the README prints it, in a file of its own."""
    blocks = re.findall(rf'^```{language}\n(.*?)^```$', (SRCDIR / 'README.md').read_text(encoding='utf-8'),
                        re.DOTALL | re.MULTILINE)
    path = scratch / f'readme{suffix}'
    path.write_text(blocks[0], encoding='utf-8')
    return path


def readme(scratch, prefix):
    """What the README shows runs as it is shown."""
    program = scratch / 'readme'
    flags = pkg_config(prefix, '--cflags', '--libs')
    found = {'GI_TYPELIB_PATH': prefix / 'lib/girepository-1.0', 'LD_LIBRARY_PATH': prefix / 'lib',
             'XDG_DATA_DIRS': f'{prefix}/share:/usr/local/share:/usr/share'}
    python, gjs = os.environ.get('THR_PYTHON'), os.environ.get('THR_GJS')

    result('the README in C',
           run([*shlex.split(os.environ['THR_CC']), '-Wall', '-Werror', '-o', program,
                readme_block(scratch, 'c', '.c'), *flags]) or
           run([program], outsider(**found), '55 squared is 3025'))
    if INTROSPECTION and python:
        overrides = [path.parents[2] for path in prefix.rglob('gi/overrides/Thr.py')]
        env = outsider(**found, PYTHONPATH=os.pathsep.join(map(str, overrides)))
        result('the README in Python',
               run([python, readme_block(scratch, 'python', '.py')], env, '[25, 4, 3025, 16]'))
    if INTROSPECTION and gjs:
        result('the README in JavaScript',
               run([gjs, '-m', readme_block(scratch, 'js', '.js')], outsider(**found),
                   hashlib.sha256(b'three').hexdigest()))


def main():
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        prefix = scratch / 'prefix'
        problem = build(scratch, prefix)
        result('meson install', problem)
        if not problem:
            for what, wrong in tree(prefix):
                result(what, wrong)
            result('a C program', c_program(scratch, prefix))
            result('a C program in strict C99', c_program(scratch, prefix, '-std=c99', '-Wpedantic'))
            result('each feature in C', c_program(scratch, prefix, name='features',
                                                  expect='the last thread has ended'))
            if INTROSPECTION:
                bindings(prefix)
            readme(scratch, prefix)
            if (prefix / 'share/vala/vapi/thrkit-1.vapi').exists() and shutil.which('valac'):
                result('a Vala program', vala_program(scratch, prefix))
    print(f'1..{count}')
    sys.exit(1 if failed else 0)


main()
