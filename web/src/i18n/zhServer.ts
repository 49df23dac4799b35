// 服务器的英文句子与中文译文在 zhServer.json：网页用它，服务器也把它编入程序，供无 JavaScript 的页面使用。
// zhServer.test.ts 对照 C++ 源码检查：句子改了、多了或少了，测试就会失败。
// {n}、{m} 是数字，{field} 是字段名，{said…} 本身也要翻译，其余照原样填入。
import { translator, type Sentences } from '../model/serverWords';
import words from './zhServer.json';

const ofAllGroups = (groups: Record<string, Sentences>): Sentences => Object.assign({}, ...Object.values(groups));

export const TERMS = ofAllGroups(words.terms);
export const SENTENCES = ofAllGroups(words.sentences);

// 设置的说明（src/app/config.cpp）
export const SETTINGS: Sentences = {
  'Address to listen on': '监听地址',
  'Port to listen on; 0: any free one': '监听端口；0：任意空闲端口',
  'Host names that are answered besides the loopback ones; `*`: all': '除本机名称外还应答的主机名；`*`：全部',
  'Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For`, `-Proto` and `-Host` are believed':
    '采信其 `X-Forwarded-For`、`-Proto` 与 `-Host` 的地址和网段（如 `10.0.0.0/8`）',
  'Connections at once; a newcomer takes the place of the one that has been idle for longest': '同时连接数；超出时，新连接取代空闲最久的连接',
  'Connections of one address (an IPv6 network of 64 bits), loopback and trusted proxies aside; more are refused':
    '单个地址（IPv6 按 /64 网段）的连接数，本机与受信代理除外；超出则拒绝',
  "File with the certificate and those above it (PEM): HTTPS in place of HTTP": '证书及其上级证书的文件（PEM）：以 HTTPS 取代 HTTP',
  "File with the certificate's key (PEM, no passphrase)": '证书私钥的文件（PEM，无口令）',
  'Who may make an account; empty: `open` on loopback, else `closed`': '谁可以注册账号；留空：仅监听本机时为 `open`，否则为 `closed`',
  'Role of an account that registers': '注册账号的角色',
  'How long a log-in lasts': '登录有效的小时数',
  'Time zone of tasks that name none': '未指定时区的任务所用的时区',
  'Timeout in seconds of tasks that name none; 0: none': '未指定时限的任务的超时秒数；0：不限时',
  'Executions at once on this node; more wait': '本节点同时运行的执行数；超出则等待',
  "Users that tasks may run as, besides the server's own": '除服务器自身用户外，任务可用的运行用户',
  '`yes`: setuid programs such as sudo give a job nothing': '`yes`：sudo 等 setuid 程序不会使作业提权',
  '`yes`: where no runner listens, one is started; `no`: it is a service of its own': '`yes`：没有执行器时自动启动一个；`no`：执行器是独立的服务',
  '`sqlite:PATH`; empty: `scheduler.db` in the data folder': '`sqlite:路径`；留空：数据目录中的 `scheduler.db`',
  '`normal`: a commit survives a kill; `full`: a power loss too': '`normal`：已提交的数据在进程被杀后仍在；`full`：断电后也仍在',
  "Folder of the database, the output and the runner's socket": '数据库、输出和执行器套接字所在的目录',
  'Output kept of an attempt; the middle of more is dropped': '每次尝试保留的输出字节数；超出时丢弃中间部分',
  'Executions older than this are deleted; 0: only `keep_executions` and `keep_failed` count':
    '删除早于此天数的执行；0：只按 `keep_executions` 与 `keep_failed` 保留',
  'Least level that is logged': '记入日志的最低级别',
  "Form of the log's lines": '日志行的格式',
  'File of the log, beside stderr; empty: none': '除标准错误外的日志文件；留空：无',
  'Size at which the file is rotated': '日志文件达到此字节数时轮转',
  'Rotated files that are kept': '保留的轮转文件数',
  'How many executions of tasks with that `pool` run at once': '使用该资源池的任务同时运行的执行数',
};

// 指标的说明（/metrics 的 HELP）
export const METRICS: Sentences = {
  'Always 1; the version is a label': '恒为 1；版本在标签中',
  'Attempts ended since the start': '启动以来结束的尝试数',
  'Attempts handed to the runner that have not ended': '已交给执行器、尚未结束的尝试数',
  'Attempts started since the start': '启动以来开始的尝试数',
  'Connections refused for want of room': '因连接数已满而拒绝的连接数',
  'Fires taken since the start': '启动以来处理的触发数',
  'How long the oldest write has waited': '最早的待写操作已等待的时间',
  'How long the runner has owed an answer': '执行器尚未应答的时间',
  'Idle connections closed for newcomers': '为新连接让位而关闭的空闲连接数',
  'Open connections': '当前连接数',
  'Requests answered': '已应答的请求数',
  'Tasks with a next fire': '有下次触发的任务数',
  'Time from request to response, summed': '请求到响应的总耗时',
  'When this server started, in seconds since 1970': '服务器的启动时间（自 1970 年起的秒数）',
  'Whether the runner is connected': '执行器是否已连接',
};

export const said = translator(SENTENCES, { ...TERMS, ...SETTINGS, ...METRICS });
