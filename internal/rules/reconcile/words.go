package reconcile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// acts are what is done with a permit or an entry, in the first word of each
// line; the others of the line are said for it. Two names that tell different
// acts are different items, or parts of one.
var acts = lines(`
设立 新办 新设 首次 初次 新申请 新申办 首次申请 首次申报 首次办理 新申领
变更 修改 更改 变动
注销 取消
延续 续期 延期 续展 到期延续 有效期延续 期满延续
补办 补发 补领 补证 遗失补办 遗失补发 遗失补领 损毁补办
换发 换领 换证 到期换证
转入
转出
停业
歇业
恢复 恢复营业 复业
年检 年审 校验 年度检验
查询
咨询
撤销
终止
暂停 中止
更正
解除
转移 转接
`)

// natures say in what form it is decided. They are told apart by the type, and
// are often exchanged.
var natures = strings.Fields(`行政许可 审批 许可 核准 核发 审核 批准 审查 办理 申请 申报 发放 服务 事项 审定 核定 受理 的 初审 签发 证书 证 业务 开具 打印`)

// forms are natures that more often than not make another item.
var forms = strings.Fields(`备案 登记 认定 确认 鉴定 奖励 裁决 给付 报告 注册 考核 培训 公示 检查 处罚 验收 补贴 救助 认证`)

// said are words that lists use for one another: the first of each line.
var said = lines(`
其他 其它
社会保险 社保
医疗保险 医保

法定代表人 法人代表
机动车 机动车辆
驾驶证 驾照
建设工程 工程建设 建筑工程
农民专业合作社 农合社
个体工商户 个体户
公共场所 公众场所
危险化学品 危化品
特种设备 特种装置
不动产 房地产
居民身份证 身份证
残疾人 残障人
道路运输 道运
审批表 审批单
`)

// axes are words of which one item has one: another one makes another item.
var axes = [][]string{
	strings.Fields("生产 经营 销售 批发 零售 使用 运输 储存 购买 制造 加工 维修 安装 采集 出售 收购 携带 邮寄 制作 复制 印刷"),
	strings.Fields("个人 自然人 单位 企业 个体工商户 社会团体 民办非企业 基金会 事业单位 合伙企业 公司 个人独资 农民专业合作社 外商 分公司 分支机构"),
	strings.Fields("居民 职工 灵活就业 机关事业"),
	strings.Fields("城镇 农村"), strings.Fields("进口 出口"), strings.Fields("内资 外资"), strings.Fields("旅客 货物 客运 货运"),
	strings.Fields("生育 失业 工伤 养老 医疗"), strings.Fields("新建 改建 扩建 迁建 拆除"),
	strings.Fields("幼儿园 小学 初中 高中 中职 大学 民办 学前"), strings.Fields("初级 中级 高级"),
	strings.Fields("一级 二级 三级 四级 五级"), strings.Fields("甲类 乙类 丙类"), strings.Fields("拖拉机 联合收割机 摩托车 汽车 船舶"),
	strings.Fields("国有 集体 私营"), strings.Fields("首席 普通"), strings.Fields("死亡 出生 失踪"), strings.Fields("护士 医师 教师 律师 公证员 导游"),
	strings.Fields("同址 异址"), strings.Fields("采矿 探矿"), strings.Fields("法定代表人 住所 名称 经营场所 注册资本 经营范围 主要负责人"),
}

// asides are what stands in brackets and says nothing about the matter.
var asides = []string{"县级权限", "县级行使", "县级", "市级县级", "市级", "区级", "省级", "即办件", "承诺件", "示范", "试行", "本级", "市县级", "区县级", "县本级", "市级权限"}

// lines reads groups of words, one to a line.
func lines(s string) (groups [][]string) {
	for line := range strings.Lines(s) {
		if words := strings.Fields(line); len(words) > 0 {
			groups = append(groups, words)
		}
	}
	return groups
}

// lexicon finds words in a text, the longest first at every place.
type lexicon struct {
	byFirst map[rune][]word
}

type word struct {
	text string
	as   string // what it stands for
	id   int32  // group, from 0
}

// newLexicon makes a lexicon of groups of words; the first stands for all.
func newLexicon(groups [][]string) *lexicon {
	l := &lexicon{byFirst: map[rune][]word{}}
	for id, g := range groups {
		for _, w := range g {
			r, _ := utf8.DecodeRuneInString(w)
			l.byFirst[r] = append(l.byFirst[r], word{text: w, as: g[0], id: int32(id)})
		}
	}
	for _, list := range l.byFirst {
		slices.SortStableFunc(list, func(a, b word) int { return len(b.text) - len(a.text) })
	}
	return l
}

// singles makes groups of one word each.
func singles(words []string) (groups [][]string) {
	for _, w := range words {
		groups = append(groups, []string{w})
	}
	return groups
}

// at finds the longest word at the beginning of a text.
func (l *lexicon) at(s string) (word, bool) {
	r, _ := utf8.DecodeRuneInString(s)
	for _, w := range l.byFirst[r] {
		if strings.HasPrefix(s, w.text) {
			return w, true
		}
	}
	return word{}, false
}

// cut takes the words of the lexicon out of a text and notes their groups.
func (l *lexicon) cut(s string) (rest string, groups uint64) {
	var b strings.Builder
	for s != "" {
		if w, ok := l.at(s); ok {
			groups |= 1 << (uint(w.id) & 63)
			s = s[len(w.text):]
			continue
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String(), groups
}

// exchange writes for every word of the lexicon the one that stands for it.
func (l *lexicon) exchange(s string) string {
	var b strings.Builder
	for s != "" {
		if w, ok := l.at(s); ok {
			b.WriteString(w.as)
			s = s[len(w.text):]
			continue
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String()
}

var (
	actWords    = newLexicon(acts)
	natureWords = newLexicon(singles(natures))
	formWords   = newLexicon(singles(forms))
	saidWords   = newLexicon(said)
	axisWords   = func() []*lexicon {
		var all []*lexicon
		for _, a := range axes {
			all = append(all, newLexicon(singles(a)))
		}
		return all
	}()
)
