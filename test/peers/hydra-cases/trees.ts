/** A small config tree and what is asked of it; files are named without `.yaml`. */
export interface Tree {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** Each list of overrides is one case. */
  readonly overrides: readonly (readonly string[])[];
  readonly name?: string;
}

const DB = { 'db/pg': 'kind: pg\nport: 5432\n', 'db/my': 'kind: my\nport: 3306\nextra: {deep: 1}\n' };

export const TREES: readonly Tree[] = [
  {
    what: 'values',
    files: { config: 'a: 1\nf: 1.0\ns: x\nn: null\nm: ???\nd: {x: 1, y: {z: 2}}\nl: [1, {k: 2}, [3]]\ni: ${a}\nid: ${d}\n' },
    overrides: [
      [], ['a=2'], ['a=2.0'], ['a=x'], ['f=1'], ['b=1'], ['+b=1'], ['++b=1'], ['+a=1'], ['++a=5'], ['a='], ['a=null'], ['n=1'], ['+n=1'],
      ['+m=1'], ['m=1'], ['m=???'], ['a=???'], ['~a'], ['~b'], ['~a=1'], ['~a=2'], ['~a=1.0'], ['~a=true'], ['~f=1'], ['~s=x'], ['~n'], ['~m'],
      ['~d'], ['~d={x:1,y:{z:2}}'], ['~d={x:1}'], ['~d.x'], ['~d.y.z'], ['~d.q'], ['~l'], ['~l.0'], ['~l=[1]'], ['~l=[1,{k:2},[3]]'], ['~i'], ['~i=1'], ['~d.x=1'],
      ['d.x=5'], ['d.q=5'], ['+d.q=5'], ['++d.q.r=5'], ['+d.q.r=5'], ['d.y=1'], ['d.y={z:3}'], ['d.y={w:3}'], ['+d.y={w:3}'], ['++d.y={w:3}'],
      ['d={x:9}'], ['d={q:9}'], ['+d={q:9}'], ['+d={x:9,q:{r:1}}'], ['d=5'], ['d=[1]'], ['+d=[1]'], ['d=null'], ['d={}'], ['a={x:1}'], ['+a={x:1}'], ['a.b=1'],
      ['+a.b=1'], ['++a.b=1'], ['l=[9]'], ['+l=[9]'], ['l=[]'], ['l=5'], ['l={a:1}'], ['l.0=9'], ['l.5=9'], ['+l.3=9'], ['++l.3=9'], ['l.1.k=9'], ['l.1.j=9'], ['+l.1.j=9'],
      ['l.2.0=9'], ['l.x=9'], ['l.9.x=1'], ['i=5'], ['+i=5'], ['id=5'], ['id.x=5'], ['+id.x=5'], ['++id.x=5'], ['id={x:5}'], ['+id={q:5}'], ['a=${f}'], ["a='x ${f}'"], ['a=${nope}'],
      ['a=[${f},${d.x}]'], ['+z.y.x=1', '+z.y.w=2'], ['a=1', 'a=2'], ['+z=1', 'z=2'], ['z=2', '+z=1'], ['+z={}', '+z.a=1'], ['~a', '+a=7'], ['d.y.z=[1,2]', 'd.y.z.0=5'], ['s=a b'], ['s="a=b"'],
      ['+e@x=1'], ['+x/y=1'], ['d.x.q=1'], ['+d.x.q=1'], ['++d.x.q=1'], ['+m={a:1}'], ['m={a:1}'], ['n={a:1}'], ['+n.a=1'], ['n.a=1'], ['++m.a=1'], ['+s={a:1}'], ['+__proto__=1'], ['a=1,2'],
    ],
  },
  {
    what: 'groups',
    files: { config: 'defaults:\n  - db: pg\n  - _self_\nx: 1\n', ...DB },
    overrides: [
      [], ['db=my'], ['db=nope'], ['db=my', 'db.port=9'], ['db.port=9', 'db=my'], ['db=my', 'db=pg'], ['+db=my'], ['++db=my'], ['~db'], ['~db=pg'], ['~db=my'], ['db=null'], ['db=[pg,my]'], ['db=[my,pg]'], ['db=[]'],
      ['db={port: 1}'], ['+db={new: 1}'], ['db@src=my'], ['+db@src=my'], ['+db@src=my', '+db@dst=pg'], ['+db@src=my', 'src.port=1'], ['db=1'], ['+nope=x'], ['nope=x'], ['~nope'], ['db.extra.deep=2', 'db=my'], ['db.extra.deep=2'],
      ['~db', '+db=my'], ['+db@_global_=my'], ['db@_global_=my'], ['+db@a.b=my'],
    ],
  },
  {
    what: '_self_ first, last, absent, twice',
    files: {
      config: 'defaults:\n  - _self_\n  - db: pg\nx: 1\ndb: {port: 1, own: 2}\n', last: 'defaults:\n  - db: pg\n  - _self_\ndb: {port: 1, own: 2}\n',
      absent: 'defaults:\n  - db: pg\ndb: {port: 1, own: 2}\n', twice: 'defaults:\n  - _self_\n  - db: pg\n  - _self_\n', none: 'x: 1\n', empty: 'defaults: []\nx: 1\n', ...DB,
      chain: 'defaults:\n  - last\n  - _self_\nchained: true\n', selfish: 'defaults:\n  - selfish\n',
    },
    overrides: [[], ['db=my']],
  },
  ...['last', 'absent', 'twice', 'none', 'empty', 'chain', 'selfish'].map((name) => ({
    what: `_self_: ${name}`,
    name,
    files: {
      last: 'defaults:\n  - db: pg\n  - _self_\ndb: {port: 1, own: 2}\n', absent: 'defaults:\n  - db: pg\ndb: {port: 1, own: 2}\n',
      twice: 'defaults:\n  - _self_\n  - db: pg\n  - _self_\n', none: 'x: 1\n', empty: 'defaults: []\nx: 1\n', chain: 'defaults:\n  - last\n  - _self_\nchained: true\n', selfish: 'defaults:\n  - selfish\n', ...DB,
    },
    overrides: [[], ['+db@two=my'], ['db=my']],
  })),
  {
    what: 'packages',
    files: {
      config:
        'defaults:\n  - g: plain\n  - g@a.b: plain\n  - h: global\n  - h@p: global\n  - k: headed\n  - k@_global_: headed\n  - k@q: headed\n  - m/n: deep\n  - m/n@_here_: deep\n  - m/n@z._group_: deep\n  - _self_\nx: 1\n',
      'g/plain': 'v: g\n', 'h/global': '# @package _global_\nglobal_value: 1\n', 'k/headed': '# @package one.two\nv: k\n', 'm/n/deep': 'v: deep\n',
    },
    overrides: [[], ['g.v=1'], ['a.b.v=1'], ['g@a.b=plain'], ['~g@a.b'], ['~k@q'], ['~m/n'], ['~h@p']],
  },
  {
    what: 'headers',
    files: {
      config: 'defaults:\n  - a: 1st\n  - a2: x\n  - a3: x\n  - a4: x\n  - a5: x\n  - _self_\n',
      'a/1st': '\n\n# @package  b\nv: 1\n', 'a2/x': '# comment\n# @package b\nv: 2\n', 'a3/x': '#@package b.c\nv: 3\n', 'a4/x': '# @other y\n# @package b.d\nv: 4\n', 'a5/x': 'v: 5\n# @package b\n',
    },
    overrides: [[]],
  },
  { what: '_group_ header', files: { config: 'defaults:\n  - w: x\n', 'w/x': '# @package _group_\nv: 1\n' }, overrides: [[]] },
  {
    what: 'bad headers',
    name: 'config',
    files: { config: 'defaults:\n  - a: x\n', 'a/x': '# @package\nv: 1\n' },
    overrides: [[]],
  },
  {
    what: 'nested groups, relative and absolute',
    files: {
      config: 'defaults:\n  - srv: apache\n  - _self_\n', 'srv/apache': 'defaults:\n  - db: pg\n  - /cache: mem\n  - /cache@local: disk\n  - lib\n  - _self_\nname: apache\n',
      'srv/nginx': 'defaults:\n  - db@store: my\n  - /db@_here_: root\n  - _self_\nname: nginx\n', 'srv/lib': 'lib: 1\n', 'srv/db/pg': 'kind: srv-pg\n', 'srv/db/my': 'kind: srv-my\n', 'db/root': 'kind: root\n', 'cache/mem': 'size: 1\n', 'cache/disk': 'size: 2\n',
    },
    overrides: [
      [], ['srv=nginx'], ['srv/db=my'], ['srv=nginx', 'srv/db@srv.store=pg'], ['srv/db@srv.store=pg'], ['cache=disk'], ['cache@srv.cache=disk'], ['cache@srv.local=mem'], ['~srv/db'], ['srv=nope'], ['srv/db=nope'], ['+srv/db@here=my'], ['+cache=disk'],
      ['srv.db.kind=x'], ['srv.cache.size=5'], ['srv=nginx', 'srv.kind=5'],
    ],
  },
  {
    what: 'override lines',
    files: {
      config: 'defaults:\n  - db: pg\n  - cache: mem\n  - _self_\n  - exp: null\n', ...DB, 'cache/mem': 'size: 1\n', 'cache/disk': 'size: 2\n',
      'exp/one': '# @package _global_\ndefaults:\n  - override /db: my\n  - override /cache: disk\n\nextra: 1\ndb: {port: 7}\n', 'exp/two': '# @package _global_\ndefaults:\n  - override /db: my\n  - _self_\nx: 1\n',
      'exp/wrong': '# @package _global_\ndefaults:\n  - override /db: my\n  - /cache@z: disk\n', 'exp/nope': '# @package _global_\ndefaults:\n  - override /nothing: my\n', 'exp/list': '# @package _global_\ndefaults:\n  - override /db: [my, pg]\n',
      'exp/null': '# @package _global_\ndefaults:\n  - override /db: null\n', 'exp/relative': 'defaults:\n  - override db: my\n',
    },
    overrides: [[], ['exp=one'], ['exp=one', 'db=pg'], ['exp=two'], ['exp=wrong'], ['exp=nope'], ['exp=list'], ['exp=null'], ['exp=relative'], ['exp=[one,two]'], ['exp=[two,one]'], ['+exp@x=one'], ['exp=one', '~db'], ['exp=one', 'cache=mem']],
  },
  {
    what: 'optional, null, ???, lists of options',
    files: {
      config: 'defaults:\n  - optional a: nope\n  - optional b: x\n  - c: null\n  - d: [x, y]\n  - optional e: [x, nope]\n  - f: []\n  - _self_\n', 'b/x': 'b: 1\n', 'c/x': 'c: 1\n', 'd/x': 'v: 1\nx: 1\n', 'd/y': 'v: 2\ny: 1\n', 'e/x': 'e: 1\n', 'f/x': 'f: 1\n', 'a/x': 'a: 1\n',
    },
    overrides: [[], ['c=x'], ['a=x'], ['b=typo'], ['d=x'], ['d=[y,x]'], ['d=[y,nope]'], ['f=x'], ['~d'], ['~c'], ['c=nope'], ['e=x'], ['c=x', '~c'], ['d=[]'], ['d=[x,x]'], ['c=[x]'], ['b=[x]']],
  },
  { what: 'an option to be chosen', files: { config: 'defaults:\n  - db: ???\n  - _self_\n', ...DB }, overrides: [[], ['db=my'], ['~db'], ['db=[my]']] },
  {
    what: 'options by interpolation',
    files: { config: 'defaults:\n  - db: pg\n  - ui: for_${db}\n  - x@y: ${db}\n  - _self_\n', bad: 'defaults:\n  - ui: ${nope}\n', ...DB, 'ui/for_pg': 'v: pg\n', 'ui/for_my': 'v: my\n', 'x/pg': 'w: 1\n', 'x/my': 'w: 2\n' },
    overrides: [[], ['db=my'], ['ui=for_my'], ['db=[my,pg]'], ['~db']],
  },
  {
    what: 'interpolation sees what override lines chose',
    files: { config: 'defaults:\n  - db: pg\n  - ui: ${db}\n  - exp: null\n', ...DB, 'ui/pg': 'v: pg\n', 'ui/my': 'v: my\n', 'exp/one': '# @package _global_\ndefaults:\n  - override /db: my\n' },
    overrides: [[], ['exp=one'], ['db=my'], ['exp=one', 'ui=pg']],
  },
  {
    what: 'merging files',
    files: {
      config: 'defaults:\n  - a\n  - b\n  - _self_\nk: 1\n', a: 'm: {x: 1, y: 2}\nl: [1, 2]\ns: 1\nd: {p: 1}\nq: 5\nr: ???\nt: ${s}\nu: {a: 1}\nz: 1\n', b: 'm: {y: 3, z: 4}\nl: [9]\ns: {now: map}\nd: 7\nq: ???\nr: 8\nt: 2\nu: null\nz: {w: 1}\n',
      clash: 'defaults:\n  - a\n  - c\n', c: 'm: [1]\n', clash2: 'defaults:\n  - a\n  - d\n', d: 'l: {x: 1}\n', twice: 'defaults:\n  - a\n  - a\n',
    },
    overrides: [[], ['m.z=5'], ['~m.x']],
  },
  ...['clash', 'clash2', 'twice'].map((name) => ({
    what: `merging files: ${name}`,
    name,
    files: { a: 'm: {x: 1}\nl: [1]\n', c: 'm: [1]\n', d: 'l: {x: 1}\n', clash: 'defaults:\n  - a\n  - c\n', clash2: 'defaults:\n  - a\n  - d\n', twice: 'defaults:\n  - a\n  - a\n' },
    overrides: [[]],
  })),
  { what: 'the same group twice', files: { config: 'defaults:\n  - db: pg\n  - db: pg\n', ...DB }, overrides: [[], ['db=my']] },
  { what: 'the same group with two options', files: { config: 'defaults:\n  - db: pg\n  - db: my\n', ...DB }, overrides: [[], ['db=my'], ['~db=pg']] },
  {
    what: 'defaults lists that are not lists of entries',
    name: 'map',
    files: { map: 'defaults:\n  db: pg\n', ...DB },
    overrides: [[]],
  },
  ...['- 1', '- [a]', '- {a: 1, b: 2}', '- db: 1', '- db: {a: 1}', '- ~', '- foo bar: x', '- {}', '- db: [1]', '- db', '- db/pg', '- /db/pg', '- db/pg@x', '- _self_@x', '- optional db/nope', '- optional db: pg', '- optional override db: pg', '- override optional db: pg', '- db: pg.yaml', '- db/pg.yaml', '- "@x"', '- db@x: pg', '- db@: pg', '- db: ""'].map((line) => ({
    what: `defaults line ${line}`,
    files: { config: `defaults:\n  ${line}\nx: 1\n`, ...DB },
    overrides: [[]],
  })),
  { what: 'interpolation across files', files: { config: 'defaults:\n  - db: pg\n  - _self_\nurl: ${db.kind}:${db.port}\nup: ${oc.env:PLUME_TEST,none}\n', 'db/pg': 'kind: pg\nport: 5432\nrel: ${.port}\nabs: ${url}\n', 'db/my': 'kind: my\nport: 1\n' }, overrides: [[], ['db=my'], ['db.port=${oc.env:PLUME_NUMBER}'], ['+n={a: "${db.kind}"}']] },
  { what: 'a config in a group', name: 'app/main', files: { 'app/main': 'defaults:\n  - sub: x\n  - /db: pg\n  - _self_\nv: 1\n', 'app/sub/x': 's: 1\n', ...DB }, overrides: [[], ['app/sub=x'], ['app.v=2'], ['db=my'], ['db@app.db=my'], ['+top=1']] },
  { what: 'a global config in a group', name: 'app/main', files: { 'app/main': '# @package _global_\ndefaults:\n  - _self_\n  - sub: x\n  - /db: pg\nv: 1\ndb: {port: 0}\n', 'app/sub/x': 's: 1\n', ...DB }, overrides: [[], ['app/sub=x'], ['app/sub@sub=x'], ['v=2'], ['db=my']] },
  { what: 'missing config', name: 'nope', files: { config: 'x: 1\n' }, overrides: [[]] },
  { what: 'options by interpolation of an interpolation', files: { config: 'defaults:\n  - db: pg\n  - ui: for_${db}\n  - x@y: ${ui}\n', ...DB, 'ui/for_pg': 'v: pg\n', 'x/for_pg': 'w: 1\n' }, overrides: [[]] },
  {
    what: 'merging onto interpolations',
    files: { config: 'defaults:\n  - a\n  - b\n  - _self_\n', a: 'base: {x: 1, w: 2}\nm: ${base}\nn: ${base}\nk: ${base.x}\nq: ${base}\ns: ${nope}\n', b: 'm: {x: 2, y: 3}\nn: 5\nk: {a: 1}\ns: {b: 1}\n' },
    overrides: [[], ['q={x: 5}'], ['+q={z: 5}'], ['q.x=5'], ['~q.x']],
  },
  { what: 'merging a list onto a mapping by interpolation', files: { config: 'defaults:\n  - a\n  - b\n  - _self_\n', a: 'base: {x: 1}\nl: ${base}\n', b: 'l: [1]\n' }, overrides: [[]] },
];
